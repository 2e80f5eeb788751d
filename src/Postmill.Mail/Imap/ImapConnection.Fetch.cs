using System.Runtime.CompilerServices;
using MailKit;
using MailKit.Search;
using Postmill.Mail.Net;

namespace Postmill.Mail.Imap;

// UID SEARCH (RFC 9051 §6.4.4, RFC 4731) and UID FETCH (§6.4.9; CHANGEDSINCE, RFC 7162 §3.1.4) of the open mailbox.
public sealed partial class ImapConnection
{
    /// <summary>All UIDs.</summary>
    /// <exception cref="MailServerException">CommandRefused, or any fault of the connection.</exception>
    public Task<UidSet> SearchAllAsync(CancellationToken cancellationToken) => RunAsync(() => SearchAsync(Opened, SearchQuery.All, cancellationToken));

    /// <summary>The UIDs of the mails with this in a field of their header.</summary>
    /// <exception cref="MailServerException">CommandRefused, or any fault of the connection.</exception>
    public Task<UidSet> SearchHeaderAsync(string field, string value, CancellationToken cancellationToken) =>
        RunAsync(() => SearchAsync(Opened, SearchQuery.HeaderContains(field, value), cancellationToken));

    /// <summary>
    /// Flags, by commands of <see cref="ImapLimits.FlagUids"/> mails. UIDs that do not exist are silently missing, as the server leaves them out.
    /// </summary>
    /// <param name="uids">Which.</param>
    /// <param name="changedSince">Only messages changed after this mod-sequence; ignored where the mailbox has none.</param>
    /// <param name="bySearch">Ask only for what a search has found, also with <paramref name="changedSince"/>: more commands, of which each has a short answer.</param>
    /// <param name="cancellationToken">Closes the connection.</param>
    /// <exception cref="MailServerException">CommandRefused, or any fault of the connection.</exception>
    public async IAsyncEnumerable<ImapFlags> FetchFlagsAsync(UidSet uids, long? changedSince, bool bySearch, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (bySearch || (uids.IsOpen && changedSince is null)) uids = await RunAsync(() => SearchAsync(Opened, SearchQuery.Uids(Theirs(uids)), cancellationToken)).ConfigureAwait(false);
        foreach (var part in uids.Split(ImapLimits.FlagUids))
        {
            foreach (var message in await RunAsync(() => SummariesAsync(part, MessageSummaryItems.Flags, changedSince, cancellationToken)).ConfigureAwait(false))
                if (message.Flags is { } flags) yield return new ImapFlags(message.UniqueId.Id, FlagNames.Of(flags, message.Keywords));
        }
    }

    /// <summary>
    /// Mails with their contents, as they arrive; a few are held, whatever the size of the mailbox. UIDs that do not exist, and mails that a broken server drops, are missing: the caller
    /// compares. A refused command is asked again in halves, without what has come, until the mails are found that the server refuses; the others come. Leaving early closes the connection.
    /// </summary>
    /// <param name="uids">Which.</param>
    /// <param name="largest">Octets up to which a content is kept.</param>
    /// <param name="refused">Told each mail that is refused, and why.</param>
    /// <param name="cancellationToken">Closes the connection.</param>
    /// <exception cref="MailServerException">CommandRefused when the server asks us to stay away; or any fault of the connection.</exception>
    public async IAsyncEnumerable<ImapMail> FetchMailsAsync(UidSet uids, int largest, Action<uint, ImapRefusal> refused, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var left = new Stack<UidSet>(uids.Split(ImapLimits.MailUids).Reverse());
        while (left.TryPop(out var part))
        {
            var come = new UidSetBuilder();
            var mails = new MailFetch(this, part, largest, cancellationToken);
            await using (mails.ConfigureAwait(false))
            {
                await foreach (var mail in mails.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    come.Add(mail.Uid);
                    if (mail.Body is not null || mail.Size > largest) yield return mail;
                }
            }

            if (mails.Refusal is not { } refusal) continue;
            if (refusal.RetryAfter is { } retryAfter) throw new MailServerException(MailFault.CommandRefused, "The server refused UID FETCH.", refusal.Text) { Code = refusal.Code, RetryAfter = retryAfter };
            if (part.IsOpen) part = await RunAsync(() => SearchAsync(Opened, SearchQuery.Uids(Theirs(part)), cancellationToken)).ConfigureAwait(false);
            part = part.Except(come.Build());
            if (part.Count == 1) refused(part.Ranges[0].First, refusal);
            else foreach (var half in part.Split((part.Count + 1) / 2).Reverse()) left.Push(half);
        }
    }

    private GuardedImapFolder Opened => _client.Open ?? throw new InvalidOperationException("No mailbox is open.");

    private static async Task<UidSet> SearchAsync(GuardedImapFolder folder, SearchQuery query, CancellationToken cancellationToken) =>
        Ours(await folder.SearchAsync(query, cancellationToken).ConfigureAwait(false));

    /// <summary>What was asked for; what came beside it, also without UID, is told as an event.</summary>
    private async Task<List<IMessageSummary>> SummariesAsync(UidSet uids, MessageSummaryItems items, long? changedSince, CancellationToken cancellationToken)
    {
        var folder = Opened;
        var request = new FetchRequest(MessageSummaryItems.UniqueId | items);
        if (changedSince is { } modSeq && folder.Supports(FolderFeature.ModSequences)) request.ChangedSince = (ulong)Math.Max(0, modSeq);
        var asked = new List<IMessageSummary>();
        foreach (var message in await folder.FetchAsync(Theirs(uids), request, cancellationToken).ConfigureAwait(false))
        {
            if (message.UniqueId.IsValid && uids.Contains(message.UniqueId.Id)) asked.Add(message);
            else if (message.Flags is not null) _client.Say(folder, new ImapFlagsChanged(message.UniqueId.IsValid ? message.UniqueId.Id : null));
        }

        return asked;
    }

    // By text, which both take and make of ranges: neither of them is ever enumerated. MailKit counts an open range alone, and none within a set.
    private static IList<UniqueId> Theirs(UidSet uids) => uids.Ranges is [{ Last: uint.MaxValue } only]
        ? new UniqueIdRange(new UniqueId(only.First), UniqueId.MaxValue)
        : UniqueIdSet.TryParse(uids.ToString(), out var set) ? set : throw new ArgumentException("No UID is named, or an open range among others.", nameof(uids));

    private static UidSet Ours(IList<UniqueId> uids) => UidSet.TryParse(UniqueIdSet.ToString(uids)) ?? UidSet.Empty;
}
