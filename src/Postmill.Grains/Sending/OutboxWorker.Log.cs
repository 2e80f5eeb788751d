using Microsoft.Extensions.Logging;

namespace Postmill.Grains.Sending;

internal sealed partial class OutboxWorker
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Sending for account {AccountId} stands still until {Until}: {Code}: {Text}")]
    private partial void LogPaused(Guid accountId, DateTimeOffset until, string code, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox of account {AccountId} could not be read or written; it is tried again")]
    private partial void LogStorageFailed(Exception fault, Guid accountId);

    [LoggerMessage(Level = LogLevel.Error, Message = "A bug in the outbox of account {AccountId}; it looks again in a while")]
    private partial void LogBug(Exception bug, Guid accountId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Account {AccountId} has another owner than epoch {Epoch}; its sending ends here")]
    private partial void LogOwnershipLost(Guid accountId, long epoch);
}
