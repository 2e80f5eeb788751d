namespace Postmill.Protocols.Imap;

// NOTIFY, RFC 5465.
public sealed partial class ImapConnection
{
    // RFC 5465 §5: MessageNew and MessageExpunge only go together; FlagChange needs both.
    private const string Watched = "(selected (MessageNew MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge FlagChange MailboxName))";

    /// <summary>
    /// Asks to be told of changes in all of one's mailboxes and not only in the open one: as <see cref="ImapStatusChanged"/> and
    /// <see cref="ImapMailboxChanged"/>, during IDLE and every other command. The server begins with the status of every mailbox.
    /// It may give up (code <c>NOTIFICATIONOVERFLOW</c> in an <see cref="ImapNotice"/>); then poll.
    /// </summary>
    /// <returns>Null when it is on; otherwise why not.</returns>
    public async Task<ImapRefusal?> NotifyAsync(CancellationToken cancellationToken)
    {
        if (!Capabilities.Notify) return new ImapRefusal(true, null, "The server has no NOTIFY.", null);
        var status = await RunAsync(Command("NOTIFY").Raw("SET STATUS " + Watched), null, cancellationToken).ConfigureAwait(false);
        return status.IsOk ? null : status.ToRefusal();
    }
}
