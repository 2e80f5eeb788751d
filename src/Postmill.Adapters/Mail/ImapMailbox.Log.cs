using Microsoft.Extensions.Logging;
using Postmill.Mail.Imap;

namespace Postmill.Adapters.Mail;

internal sealed partial class ImapMailbox
{
    private void LogPoison(uint uid, ImapRefusal refusal) => LogRefusedMail(_accountId, uid, refusal.Text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId}: the server refuses to hand out the mail with UID {Uid}: {Reason}; it is skipped")]
    private partial void LogRefusedMail(Guid accountId, uint uid, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId}: the mail with UID {Uid} has {Size} octets, above the limit of {Limit}; it is left on the server")]
    private partial void LogTooLarge(Guid accountId, uint uid, long size, int limit);
}
