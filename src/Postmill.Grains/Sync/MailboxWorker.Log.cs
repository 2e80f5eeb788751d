using Microsoft.Extensions.Logging;

namespace Postmill.Grains.Sync;

internal sealed partial class MailboxWorker
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Sync of account {AccountId} failed: {Code}: {Text}")]
    private partial void LogRunFailed(Guid accountId, string code, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "Connection of account {AccountId} lost ({Code}); next try in {Wait}")]
    private partial void LogConnectionLost(Guid accountId, string code, TimeSpan wait);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Act {Kind} of account {AccountId} failed: {Code}: {Text}")]
    private partial void LogActFailed(Guid accountId, string kind, string code, string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "Storage failed while account {AccountId} was syncing")]
    private partial void LogStorageFailed(Exception fault, Guid accountId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The loop of account {AccountId} met a fault nobody foresaw; its connection is opened anew")]
    private partial void LogBug(Exception bug, Guid accountId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Write for account {AccountId} refused: epoch {Epoch} is over; this owner stops")]
    private partial void LogOwnershipLost(Guid accountId, long epoch);
}
