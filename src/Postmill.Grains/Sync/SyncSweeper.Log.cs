using Microsoft.Extensions.Logging;

namespace Postmill.Grains.Sync;

internal sealed partial class SyncSweeper
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The sweep for due accounts failed; the next ones try again, in silence until one has succeeded")]
    private partial void LogSweepFailed(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} accounts could not be woken since the last look, {AccountId} among them; a later one tries them again")]
    private partial void LogWakesFailed(Exception fault, int count, Guid accountId);
}
