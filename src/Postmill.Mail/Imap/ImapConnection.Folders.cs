using System.Globalization;
using MailKit;
using MailKit.Net.Imap;
using Postmill.Mail.Net;
using Kit = MailKit.Net.Imap.ImapCapabilities;

namespace Postmill.Mail.Imap;

// LIST (RFC 9051 §6.3.9, RFC 5258, RFC 5819, RFC 6154), STATUS (§6.3.11), SELECT and EXAMINE (§6.3.2 and §6.3.3, RFC 7162).
public sealed partial class ImapConnection
{
    private const StatusItems Counters = StatusItems.Count | StatusItems.UidNext | StatusItems.UidValidity | StatusItems.HighestModSeq;

    private static readonly FolderNamespace Root = new('/', "");

    private static readonly (FolderAttributes Attribute, string Name)[] Uses =
    [
        (FolderAttributes.All, @"\All"),
        (FolderAttributes.Archive, @"\Archive"),
        (FolderAttributes.Drafts, @"\Drafts"),
        (FolderAttributes.Flagged, @"\Flagged"),
        (FolderAttributes.Junk, @"\Junk"),
        (FolderAttributes.Sent, @"\Sent"),
        (FolderAttributes.Trash, @"\Trash"),
        (FolderAttributes.Important, @"\Important"),
    ];

    /// <summary>All mailboxes, INBOX among them also where the server forgets it, each once.</summary>
    /// <param name="withStatus">Ask for the counters, too, if that costs no further command; then <see cref="ImapMailbox.Status"/> is set.</param>
    /// <param name="cancellationToken">Cancelling it closes the connection.</param>
    /// <exception cref="MailServerException">CommandRefused, LimitExceeded, or any fault of the connection.</exception>
    public async Task<IReadOnlyList<ImapMailbox>> ListAsync(bool withStatus, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(() => ListedAsync(withStatus, cancellationToken)).ConfigureAwait(false);
        if (answer.Refusal is { Bad: true, RetryAfter: null } && (_client.Capabilities & (Kit.ListExtended | Kit.ListStatus)) != 0)
        {
            // Announced and not understood: ask as RFC 3501 does.
            _client.Capabilities &= ~(Kit.ListExtended | Kit.ListStatus | Kit.SpecialUse);
            answer = await AskAsync(() => ListedAsync(withStatus, cancellationToken)).ConfigureAwait(false);
        }

        if (answer.Refusal is { } refusal) throw new MailServerException(MailFault.CommandRefused, "The server refused LIST.", refusal.Text) { Code = refusal.Code, RetryAfter = refusal.RetryAfter };
        return answer.Value!;
    }

    /// <summary>Asks for the counters of a mailbox, which should not be the open one. Phantom mailboxes refuse.</summary>
    public Task<ImapAnswer<ImapStatus>> StatusAsync(ImapMailboxName mailbox, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var folder = await FolderAsync(mailbox, cancellationToken).ConfigureAwait(false);
        folder.IsCountTold = false;
        await folder.StatusAsync(Counters, cancellationToken).ConfigureAwait(false);
        return StatusOf(folder) ?? new ImapStatus(0, null, null, null);
    });

    /// <summary>
    /// Opens a mailbox. When the server refuses, none is open. What the server says of the mailbox that was open until now would be taken for the new one's where QRESYNC is asked, for MailKit
    /// does not look for CLOSED (RFC 7162 §3.2.11): so that one is closed first, or QRESYNC is not asked.
    /// </summary>
    public Task<ImapAnswer<ImapSelected>> SelectAsync(ImapMailboxName mailbox, ImapSelectOptions options, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        var before = _client.Open;
        _client.Open = null;
        var folder = await FolderAsync(mailbox, cancellationToken).ConfigureAwait(false);
        var known = QResyncEnabled ? options.QResync : null;
        if (known is not null && before is { IsOpen: true } && before != folder)
        {
            if (Capabilities.Unselect) await before.CloseAsync(expunge: false, cancellationToken).ConfigureAwait(false);
            else known = null;
        }

        var resync = known is null ? null : new Resync();
        _client.Open = folder;
        folder.Gathers = resync;
        try
        {
            await folder.OpenAsync(options.ReadOnly ? FolderAccess.ReadOnly : FolderAccess.ReadWrite, known, cancellationToken).ConfigureAwait(false);
        }
        catch (CommandException)
        {
            _client.Open = null;
            throw;
        }
        finally
        {
            folder.Gathers = null;
        }

        return await SelectedAsync(folder, resync, cancellationToken).ConfigureAwait(false);
    });

    private static async Task<ImapSelected> SelectedAsync(GuardedImapFolder folder, Resync? resync, CancellationToken cancellationToken)
    {
        // Read first: a search may be told of a change.
        var selected = new ImapSelected
        {
            UidValidity = folder.UidValidity is > 0 and var validity ? validity : null,
            UidNext = folder.UidNext is { IsValid: true } next ? next.Id : null,
            HighestModSeq = folder.Supports(FolderFeature.ModSequences) ? ModSeqOf(folder) : null,
            IsResynced = resync is not null,
            Vanished = resync?.Vanished.Build() ?? UidSet.Empty,
            Changed = resync?.Changed ?? [],
            ChangesOverflowed = resync is { IsOverflowed: true },
        };
        if (folder is { IsCountTold: true, Count: >= 0 }) return selected with { Exists = (uint)folder.Count };
        // A number that is none, such as 1.8e+06.
        return selected with { Exists = (uint)(await SearchAsync(folder, MailKit.Search.SearchQuery.All, cancellationToken).ConfigureAwait(false)).Count };
    }

    private async Task<IReadOnlyList<ImapMailbox>> ListedAsync(bool withStatus, CancellationToken cancellationToken)
    {
        _guard.BeginList();
        foreach (var known in _client.Folders) known.IsCountTold = false;
        var items = withStatus && Capabilities.ListStatus ? Counters : StatusItems.None;
        IEnumerable<IMailFolder> listed;
        try
        {
            listed = await _client.GetFoldersAsync(Root, items, subscribedOnly: false, cancellationToken).ConfigureAwait(false);
        }
        catch (FolderNotFoundException)
        {
            listed = await ListedByNamespaceAsync(items, cancellationToken).ConfigureAwait(false);
        }

        var folders = listed.OfType<GuardedImapFolder>().Append(_client.Inbox as GuardedImapFolder).OfType<GuardedImapFolder>();
        var unreadable = _guard.LeftOut.Select(wire => new ImapMailbox(_client.NameOf(wire), null, true, null) { IsUnreadable = true });
        return [.. folders.Where(IsUsableName).Select(MailboxOf).Concat(unreadable).DistinctBy(mailbox => mailbox.Name.IsInbox ? "INBOX" : mailbox.Name.Wire)];
    }

    /// <summary>MailKit lists namespaces, and the server's begin elsewhere than at the root, or it has told none.</summary>
    private async Task<IEnumerable<IMailFolder>> ListedByNamespaceAsync(StatusItems items, CancellationToken cancellationToken)
    {
        var listed = new List<IMailFolder>();
        var spaces = _client.PersonalNamespaces.Concat(_client.OtherNamespaces).Concat(_client.SharedNamespaces).ToList();
        foreach (var space in spaces) listed.AddRange(await _client.GetFoldersAsync(space, items, subscribedOnly: false, cancellationToken).ConfigureAwait(false));
        if (spaces.Count > 0) return listed;
        try
        {
            // As if it were a name: all that match it are told, and none of them has it.
            await _client.GetFolderAsync("*", cancellationToken).ConfigureAwait(false);
        }
        catch (FolderNotFoundException)
        {
            return _client.Folders;
        }

        return _client.Folders;
    }

    /// <summary>MailKit's folder for a name. It makes one of what LIST names only; of a name that it would encode otherwise all must be listed.</summary>
    private async Task<GuardedImapFolder> FolderAsync(ImapMailboxName mailbox, CancellationToken cancellationToken)
    {
        if (_client.Find(mailbox) is { } known) return known;
        try
        {
            await _client.GetFolderAsync(mailbox.Text, cancellationToken).ConfigureAwait(false);
        }
        catch (FolderNotFoundException) when (ModifiedUtf7.Encode(mailbox.Text) != mailbox.Wire)
        {
            await ListedAsync(withStatus: false, cancellationToken).ConfigureAwait(false);
        }

        return _client.Find(mailbox) ?? throw new FolderNotFoundException(mailbox.Text);
    }

    private static bool IsUsableName(GuardedImapFolder folder) =>
        folder.WireName.Wire is { Length: > 0 and <= ImapLimits.MailboxNameBytes } wire && !wire.Contains('\0', StringComparison.Ordinal);

    private static ImapMailbox MailboxOf(GuardedImapFolder folder) => new(
        folder.WireName,
        folder.DirectorySeparator == '\0' ? null : folder.DirectorySeparator,
        (folder.Attributes & (FolderAttributes.NoSelect | FolderAttributes.NonExistent)) == 0,
        Array.Find(Uses, use => folder.Attributes.HasFlag(use.Attribute)).Name)
    {
        Status = StatusOf(folder),
    };

    private static ImapStatus? StatusOf(GuardedImapFolder folder) => folder is { IsCountTold: true, Count: >= 0 }
        ? new ImapStatus((uint)folder.Count, folder.UidNext is { IsValid: true } next ? next.Id : null, folder.UidValidity is > 0 and var validity ? validity : null, ModSeqOf(folder))
        : null;

    /// <summary>A mod-sequence: at most 2^63 - 1 (RFC 7162 §7); anything else is as if there were none.</summary>
    private static long? ModSeqOf(GuardedImapFolder folder) => folder.HighestModSeq is > 0 and <= long.MaxValue and var modSeq ? (long)modSeq : null;
}
