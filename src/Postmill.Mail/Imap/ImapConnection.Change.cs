using MailKit;
using MailKit.Net.Imap;
using Postmill.Mail.Net;

namespace Postmill.Mail.Imap;

// What changes mailboxes: UID STORE, COPY, MOVE (RFC 6851), EXPUNGE (RFC 4315), APPEND (RFC 9051 §6.3.12).
public sealed partial class ImapConnection
{
    /// <summary>
    /// Sets or takes flags and keywords of mails of the open mailbox, without being told what they are then. UIDs that are not there are passed over, and a
    /// flag that the mailbox cannot keep (PERMANENTFLAGS) may be dropped without a word: who must know fetches.
    /// </summary>
    /// <returns>Null when done.</returns>
    /// <exception cref="ArgumentException">Something is no flag; nothing was sent.</exception>
    public Task<ImapRefusal?> StoreAsync(UidSet uids, IReadOnlyList<string> flags, bool set, CancellationToken cancellationToken)
    {
        var (bits, keywords) = FlagNames.Of(flags);
        var request = new StoreFlagsRequest(set ? StoreAction.Add : StoreAction.Remove, bits, keywords) { Silent = true };
        return DoAsync(() => Opened.StoreAsync(Theirs(uids), request, cancellationToken));
    }

    /// <summary>Copies mails of the open mailbox into another, all or none. UIDs that are not there are passed over.</summary>
    /// <returns>Where the copies are, or the refusal: code <c>TRYCREATE</c> or <c>NONEXISTENT</c> when there is no such mailbox.</returns>
    /// <param name="uids">Which; their text must fit one command (<see cref="ImapLimits.CommandSetBytes"/>).</param>
    /// <param name="target">Where to.</param>
    /// <param name="cancellationToken">Closes the connection.</param>
    public Task<ImapAnswer<ImapCopied>> CopyAsync(UidSet uids, ImapMailboxName target, CancellationToken cancellationToken) =>
        CopyAsync(uids, target, Opened.CopyToAsync, cancellationToken);

    /// <summary>Moves mails of the open mailbox into another; only where the server has MOVE. What goes is told as events (EXPUNGE, VANISHED).</summary>
    /// <inheritdoc cref="CopyAsync(UidSet, ImapMailboxName, CancellationToken)"/>
    public Task<ImapAnswer<ImapCopied>> MoveAsync(UidSet uids, ImapMailboxName target, CancellationToken cancellationToken) =>
        Capabilities.Move ? CopyAsync(uids, target, Opened.MoveToAsync, cancellationToken) : throw new InvalidOperationException("The server has no MOVE.");

    /// <summary>
    /// Removes those of these mails of the open mailbox that are marked <c>\Deleted</c>, for good, and no others; only where the server has UIDPLUS. There is no plain EXPUNGE here: it would
    /// remove what somebody else has marked.
    /// </summary>
    /// <returns>Null when done.</returns>
    public Task<ImapRefusal?> ExpungeAsync(UidSet uids, CancellationToken cancellationToken) =>
        Capabilities.UidPlus ? DoAsync(() => Opened.ExpungeAsync(Theirs(uids), cancellationToken)) : throw new InvalidOperationException("The server has no UIDPLUS.");

    /// <summary>
    /// Puts a mail into a mailbox, octet for octet. Its content is read and sent piece by piece, never held whole. The waiting budget counts anew with every piece: a slow line is no silence.
    /// </summary>
    /// <param name="mailbox">Where to.</param>
    /// <param name="mail">Length, flags and date.</param>
    /// <param name="content">At least as many octets as <paramref name="mail"/> says; what comes behind them is not read.</param>
    /// <param name="cancellationToken">Closes the connection; whether the mail was stored is then unknown.</param>
    /// <returns>Where it is, or the refusal: code <c>TRYCREATE</c> or <c>NONEXISTENT</c> when there is no such mailbox.</returns>
    /// <exception cref="EndOfStreamException">The content is shorter; the connection is closed and nothing was stored.</exception>
    public Task<ImapAnswer<ImapAppended>> AppendAsync(ImapMailboxName mailbox, ImapAppend mail, Stream content, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var folder = await FolderAsync(mailbox, cancellationToken).ConfigureAwait(false);
        var at = await folder.AppendAsync(AppendedMail.Request(_guard, mail, content), cancellationToken).ConfigureAwait(false);
        return at is { IsValid: true, Validity: > 0 } ? new ImapAppended(at.Value.Validity, at.Value.Id) : new ImapAppended(null, null);
    });

    private Task<ImapAnswer<ImapCopied>> CopyAsync(
        UidSet uids, ImapMailboxName target, Func<IList<UniqueId>, IMailFolder, CancellationToken, Task<UniqueIdMap>> copy, CancellationToken cancellationToken)
    {
        if (uids.ToString().Length > ImapLimits.CommandSetBytes) throw new ArgumentException("More UIDs than fit one command.", nameof(uids));
        return AskAsync(async () =>
        {
            var folder = await FolderAsync(target, cancellationToken).ConfigureAwait(false);
            var copied = await copy(Theirs(uids), folder, cancellationToken).ConfigureAwait(false);
            var (from, to) = (Ours(copied.Source), Ours(copied.Destination));
            // COPYUID is a help, and a broken one is none.
            var validity = copied.Destination is UniqueIdSet { Validity: > 0 } told && !to.IsEmpty && from.Count == to.Count ? told.Validity : (uint?)null;
            return validity is null ? new ImapCopied(null, UidSet.Empty) : new ImapCopied(validity, to);
        });
    }
}
