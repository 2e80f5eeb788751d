using Microsoft.Extensions.Logging;

namespace Postmill.Grains.Sync;

internal sealed partial class SyncSweeper
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The sweep for due accounts failed; the next one tries again")]
    private partial void LogSweepFailed(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId} could not be woken; a later sweep tries again")]
    private partial void LogWakeFailed(Exception fault, Guid accountId);
}
