using System.Globalization;
using System.Runtime.CompilerServices;
using Postmill.Protocols.Imap.Wire;
using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

// UID FETCH, RFC 9051 §6.4.9, streamed; CHANGEDSINCE and VANISHED, RFC 7162 §3.1.4 and §3.2.6.
public sealed partial class ImapConnection
{
    /// <summary>
    /// Fetches messages and hands each response out as it arrives; never holds more than one. The set is cut into commands of bounded length, and
    /// <see cref="FetchOptions.InFlight"/> of them are on their way at once. UIDs that do not exist are silently missing, as the server leaves them
    /// out; so are messages that a broken server drops (hard case 17): the caller compares. Leaving the enumeration early closes the connection.
    /// </summary>
    /// <exception cref="MailServerException">CommandRefused after all other batches were read, unless <see cref="FetchOptions.Refused"/> takes refusals;
    /// or any fault of the connection.</exception>
    public async IAsyncEnumerable<ImapFetched> UidFetchAsync(
        UidSet uids, FetchItems items, FetchOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        options ??= new FetchOptions();
        var policy = new ReadPolicy(Limits.SetResponseBytes, options.InMemoryBytes, options.LargeBody);
        var tail = " (" + ItemNames(items) + ")" + Modifiers(options);
        var batches = new Queue<UidSet>(uids.Split(Limits.CommandSetBytes, options.BatchUids ?? long.MaxValue));
        var waiting = new Queue<(string Tag, UidSet Uids)>();
        var answers = new FetchAnswers(this, uids, options);
        UntaggedHandler handler = answers.Take;
        ImapStatusLine? refusal = null;

        Enter("UID FETCH", Timeouts.Command, cancellationToken);
        var complete = false;
        try
        {
            var responses = 0;
            while (batches.Count + waiting.Count > 0)
            {
                while (batches.Count > 0 && waiting.Count < Math.Clamp(options.InFlight, 1, Limits.Pipeline))
                {
                    var batch = batches.Dequeue();
                    var command = Command("UID FETCH").Raw(batch + tail);
                    await SendAsync(command, null).ConfigureAwait(false);
                    waiting.Enqueue((command.Tag, batch));
                }
                await ReadResponseAsync(policy, cancellationToken).ConfigureAwait(false);
                if (++responses > Limits.SetUntaggedResponses) throw TooManyResponses(Limits.SetUntaggedResponses);
                if (_response.Kind == ResponseKind.Untagged)
                {
                    TakeUntagged(handler);
                    if (answers.TakeLatest() is { } message) yield return message;
                }
                else if (_response.Kind == ResponseKind.Tagged)
                {
                    var (tag, batch) = waiting.Dequeue();
                    var status = TakeTagged(tag);
                    if (status.IsOk) continue;
                    if (options.Refused is { } refused) refused(batch, status.ToRefusal());
                    else refusal ??= status;
                }
            }
            complete = true;
        }
        finally
        {
            Leave(complete);
        }
        if (refusal is not null) throw refusal.ToException("UID FETCH");
    }

    /// <summary>Tells the answers to a UID FETCH from what the server says unasked meanwhile.</summary>
    private sealed class FetchAnswers(ImapConnection connection, UidSet uids, FetchOptions options)
    {
        private ImapFetched? _latest;

        public ImapFetched? TakeLatest()
        {
            var latest = _latest;
            _latest = null;
            return latest;
        }

        public bool Take(UntaggedHeader header, ref ImapTokenizer tokens, ImapStatusLine? _)
        {
            if (header.Kind == UntaggedKind.Vanished)
            {
                var vanished = ReadVanished(ref tokens);
                if (vanished.Earlier && options.Vanished is { } told) told(vanished.Uids);
                else connection.Unsolicited?.Invoke(vanished);
                return true;
            }
            if (header.Kind != UntaggedKind.Fetch) return false;
            var message = connection._fetchParser.Parse(header.Number, ref tokens);
            // Flag changes come unasked, also without UID and for messages that were not asked for (hard case 7).
            if (message.Uid is { } uid && uids.Contains(uid)) _latest = message;
            else connection.Unsolicited?.Invoke(new ImapMessageChanged(message));
            return true;
        }
    }

    private string ItemNames(FetchItems items)
    {
        var names = new List<string> { "UID" };
        if (items.HasFlag(FetchItems.Flags)) names.Add("FLAGS");
        if (items.HasFlag(FetchItems.InternalDate)) names.Add("INTERNALDATE");
        if (items.HasFlag(FetchItems.Size)) names.Add("RFC822.SIZE");
        if (items.HasFlag(FetchItems.ModSeq) && Capabilities.CondStore) names.Add("MODSEQ");
        if (items.HasFlag(FetchItems.EmailId) && Capabilities.ObjectId) names.Add("EMAILID");
        if (items.HasFlag(FetchItems.GmailIds) && Capabilities.Gmail) names.Add("X-GM-MSGID X-GM-THRID");
        if (items.HasFlag(FetchItems.GmailLabels) && Capabilities.Gmail) names.Add("X-GM-LABELS");
        if (items.HasFlag(FetchItems.Header)) names.Add("BODY.PEEK[HEADER]");
        if (items.HasFlag(FetchItems.Body)) names.Add("BODY.PEEK[]");
        return string.Join(' ', names);
    }

    private string Modifiers(FetchOptions options)
    {
        if (options.ChangedSince is not { } modSeq || !Capabilities.CondStore) return "";
        var vanished = options.Vanished is not null && QResyncEnabled ? " VANISHED" : "";
        return string.Create(CultureInfo.InvariantCulture, $" (CHANGEDSINCE {Math.Max(0, modSeq)}{vanished})");
    }
}
