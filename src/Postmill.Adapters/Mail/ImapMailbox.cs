using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Postmill.Domain.Messages;
using Postmill.Grains.Sync;
using Postmill.Protocols.Imap;
using Postmill.Protocols.Net;

namespace Postmill.Adapters.Mail;

/// <summary>A mailbox over one IMAP connection; every fault of the wire leaves as <see cref="MailboxFaultException"/>.</summary>
internal sealed partial class ImapMailbox : IMailbox
{
    private const FetchItems MailItems = FetchItems.Flags | FetchItems.InternalDate | FetchItems.Body;

    // Small enough that one refused command costs little, large enough that the answers never wait for the next command.
    private const int UidsPerFetch = 200;
    private const int FetchesInFlight = 3;
    private const int InMemoryBytes = 1024 * 1024;

    private readonly ImapConnection _connection;
    private readonly Guid _accountId;
    private readonly MailOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FolderWatch _watch = new();
    private readonly LeftMails _left = new();

    public ImapMailbox(ImapConnection connection, Guid accountId, MailOptions options, TimeProvider time, ILogger<ImapMailbox> logger)
    {
        _connection = connection;
        _accountId = accountId;
        _options = options;
        _time = time;
        _logger = logger;
        _connection.Unsolicited = happened => _watch.Saw(happened);
    }

    public bool HasModSeq => _connection.Capabilities.CondStore;

    public Task<IReadOnlyList<ServerFolder>> ListAsync(CancellationToken cancellationToken) => FoldAsync(async () =>
    {
        var listed = await _connection.ListAsync(withStatus: true, cancellationToken);
        var folders = new List<ServerFolder>();
        // Some servers leave INBOX out of LIST though it always exists (RFC 3501 §5.1).
        if (!listed.Any(m => m.Name.IsInbox)) folders.Add(await WithStatusAsync(new Protocols.Imap.ImapMailbox(ImapMailboxName.Inbox, null, []), cancellationToken));
        foreach (var mailbox in listed.DistinctBy(m => m.Name.Wire)) folders.Add(await WithStatusAsync(mailbox, cancellationToken));
        return (IReadOnlyList<ServerFolder>)[.. folders.OrderBy(f => f.SpecialUse != "inbox")];
    });

    public Task<OpenedFolder?> SelectAsync(string wireName, FolderCursor? cursor, Action<string> refused, CancellationToken cancellationToken) => FoldAsync(async () =>
    {
        _watch.Reset();
        var known = cursor is { HighestModSeq: > 0, UidValidity: > 0 and <= uint.MaxValue } && _connection.QResyncEnabled
            ? new QResyncParameters((uint)cursor.UidValidity, cursor.HighestModSeq.Value)
            : null;
        var answer = await _connection.SelectAsync(
            ImapMailboxName.FromWire(wireName),
            new ImapSelectOptions { ReadOnly = true, CondStore = true, QResync = known },
            cancellationToken);
        if (answer.Value is not { } selected)
        {
            refused(answer.Refusal!.Text);
            return null;
        }

        _watch.Selected(selected.Exists);
        _left.Opened(wireName, selected.UidValidity ?? 0);
        return Opened(selected, known is not null && Told(selected, known));
    });

    public Task<UidRanges> SearchAllAsync(CancellationToken cancellationToken) =>
        FoldAsync(async () => Ranges((await _connection.UidSearchAsync(ImapSearch.All, cancellationToken)).Uids));

    public async IAsyncEnumerable<FlagChange> FetchFlagsAsync(UidRanges uids, long? changedSince, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new FetchOptions { ChangedSince = HasModSeq ? changedSince : null };
        await foreach (var fetched in FoldedAsync(_connection.UidFetchAsync(Set(uids), FetchItems.Flags, options, cancellationToken)))
            if (fetched is { Uid: { } uid, Flags: { } flags } && uids.Contains(uid)) yield return new FlagChange(uid, Lasting(flags));
    }

    public async IAsyncEnumerable<IncomingMail> FetchAsync(IEnumerable<UidRanges> pieces, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var piece in pieces.Select(_left.Without).Where(piece => !piece.IsEmpty))
        {
            var refused = new List<UidSet>();
            await foreach (var mail in FetchPieceAsync(piece, UidsPerFetch, (uids, _) => refused.Add(uids), cancellationToken)) yield return mail;
            // One poison mail refuses its whole command: asked for one by one, the others come and the one is named.
            foreach (var uids in refused)
                await foreach (var mail in FetchPieceAsync(Ranges(uids), 1, LogPoison, cancellationToken)) yield return mail;
        }
    }

    public async Task<FolderSignal> WaitAsync(TimeSpan atMost, CancellationToken interrupt, CancellationToken cancellationToken)
    {
        if (_watch.Take() is { } before) return before;
        await FoldAsync(async () =>
        {
            var outcome = await _connection.IdleAsync(atMost, happened => !_watch.Saw(happened), interrupt, cancellationToken);
            if (outcome is IdleOutcome.NotSupported or IdleOutcome.Refused) await PollAsync(atMost, interrupt, cancellationToken);
            return true;
        });
        return _watch.Take() ?? FolderSignal.Quiet;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_connection.IsUsable) await _connection.LogoutAsync(CancellationToken.None);
        }
        catch (MailServerException)
        {
            return; // a courtesy; the connection goes either way
        }
        finally
        {
            await _connection.DisposeAsync();
        }
    }

    private async IAsyncEnumerable<IncomingMail> FetchPieceAsync(
        UidRanges uids, int uidsPerFetch, Action<UidSet, ImapRefusal> refused, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new FetchOptions
        {
            InMemoryBytes = InMemoryBytes,
            LargeBody = size => size <= _options.LargestMail ? new MemoryStream((int)size) : Stream.Null,
            BatchUids = uidsPerFetch,
            InFlight = FetchesInFlight,
            Refused = refused,
        };
        await foreach (var fetched in FoldedAsync(_connection.UidFetchAsync(Set(uids), MailItems, options, cancellationToken)))
        {
            // n:* always names the last mail, also when it is older than n; and servers say flags unasked.
            if (fetched.Uid is not { } uid || !uids.Contains(uid) || fetched.BodySize is null) continue;
            if (Raw(fetched) is { } raw)
            {
                yield return IncomingMailReader.Read(uid, Lasting(fetched.Flags ?? []), fetched.InternalDate, raw);
                continue;
            }

            _left.Add(uid);
            LogTooLarge(_accountId, uid, fetched.BodySize.Value, _options.LargestMail);
        }
    }

    // A plain null would be an array that is null here, and that converts to a mail of no octets.
    private static ReadOnlyMemory<byte>? Raw(ImapFetched fetched) => fetched switch
    {
        { Body: { } bytes } => bytes,
        { BodyStream: MemoryStream large } => large.GetBuffer().AsMemory(0, (int)large.Length),
        _ => (ReadOnlyMemory<byte>?)null,
    };

    private async Task<ServerFolder> WithStatusAsync(Protocols.Imap.ImapMailbox mailbox, CancellationToken cancellationToken)
    {
        // Of the open mailbox a server tells what this session has seen, not what is there (RFC 3501 §6.3.10): a mail that just came would be missed.
        var isOpen = mailbox.Name.Wire == _connection.Selected?.Wire;
        var status = isOpen ? null : mailbox.Status;
        if (status is null && mailbox.IsSelectable && !isOpen) status = (await _connection.StatusAsync(mailbox.Name, cancellationToken)).Value;
        return new ServerFolder(
            mailbox.Name.Wire,
            StorableName(mailbox.Name.Text),
            mailbox.Delimiter?.ToString(),
            mailbox.Name.IsInbox ? "inbox" : mailbox.SpecialUse?[1..].ToLowerInvariant(),
            mailbox.IsSelectable,
            status is { UidValidity: { } validity, UidNext: { } next, Messages: { } messages }
                ? new FolderStatus(validity, next, messages, status.HighestModSeq)
                : null);
    }

    /// <summary>A server whose mod-sequences went back (indexes rebuilt, backup restored) answers QRESYNC with nothing and means nothing by it.</summary>
    private static bool Told(ImapSelected selected, QResyncParameters known) =>
        selected.UidValidity == known.UidValidity && selected is { NoModSeq: false, ChangesOverflowed: false } && selected.HighestModSeq >= known.ModSeq;

    // Mod-sequences said without CONDSTORE being announced are not relied on.
    private OpenedFolder Opened(ImapSelected selected, bool told) => new(
        selected.UidValidity ?? 0,
        selected.UidNext ?? 0,
        selected.Exists,
        selected.NoModSeq || !HasModSeq ? null : selected.HighestModSeq,
        told
            ? new FolderDelta(Ranges(selected.Vanished), [.. selected.Changed.Where(c => c is { Uid: not null, Flags: not null }).Select(c => new FlagChange(c.Uid!.Value, Lasting(c.Flags!)))])
            : null);

    private async Task PollAsync(TimeSpan atMost, CancellationToken interrupt, CancellationToken cancellationToken)
    {
        var wait = TimeSpan.FromSeconds(Math.Min(atMost.TotalSeconds, _options.PollSeconds));
        try
        {
            await Task.Delay(wait, _time, interrupt);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return;
        }

        await _connection.NoopAsync(cancellationToken);
    }

    /// <summary>\Recent says something about this session, not about the mail (RFC 3501 §2.3.2).</summary>
    private static IReadOnlyList<string> Lasting(IReadOnlyList<string> flags) =>
        flags.Any(IsRecent) ? [.. flags.Where(f => !IsRecent(f))] : flags;

    private static bool IsRecent(string flag) => flag.Equals(@"\Recent", StringComparison.OrdinalIgnoreCase);

    /// <summary>Modified UTF-7 can spell half a surrogate pair, and PostgreSQL's text holds neither that nor U+0000.</summary>
    private static string StorableName(string name) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)).Replace('\0', '\uFFFD');

    private static UidSet Set(UidRanges uids) => UidSet.OfRanges(uids.Select(r => new Protocols.Imap.UidRange(r.First, r.Last)));

    private static UidRanges Ranges(UidSet uids) => UidRanges.Of(uids.Ranges.Select(r => new Domain.Messages.UidRange(r.First, r.Last)));

    private static async Task<T> FoldAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (MailServerException fault)
        {
            throw MailFaults.ToSync(fault);
        }
    }

    private static async IAsyncEnumerable<ImapFetched> FoldedAsync(IAsyncEnumerable<ImapFetched> fetching)
    {
        await using var fetched = fetching.GetAsyncEnumerator();
        while (await FoldAsync(async () => await fetched.MoveNextAsync())) yield return fetched.Current;
    }
}
