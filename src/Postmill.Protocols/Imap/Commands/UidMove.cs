namespace Postmill.Protocols.Imap;

// UID MOVE, RFC 6851.
public sealed partial class ImapConnection
{
    /// <summary>Moves mails of the open mailbox into another; only where the server has MOVE. What goes is told as events (EXPUNGE, VANISHED).</summary>
    /// <inheritdoc cref="UidCopyAsync"/>
    public Task<ImapAnswer<ImapCopied>> UidMoveAsync(UidSet uids, ImapMailboxName target, CancellationToken cancellationToken) =>
        Capabilities.Move ? CopyAsync("UID MOVE", uids, target, cancellationToken) : throw new InvalidOperationException("The server has no MOVE.");
}
