using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Postmill.Domain.Messages;
using Postmill.Grains.Sync;
using Postmill.Mail.Imap;
using Postmill.Mail.Net;

namespace Postmill.Adapters.Mail;

/// <summary>A mailbox over one IMAP connection; every fault of the wire leaves as <see cref="MailboxFaultException"/>.</summary>
internal sealed partial class ImapMailbox : IMailbox
{
    private const string AllFolders = "";
    private const string Unreadable = "The server's line about this folder in its list of folders cannot be read.";

    private readonly ImapConnection _connection;
    private readonly Guid _accountId;
    private readonly MailOptions _options;
    private readonly FolderTroubles _troubles;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FolderWatch _watch = new();
    private readonly LeftMails _left = new();
    private HashSet<string> _unreadable = [];
    private string? _open;

    public ImapMailbox(ImapConnection connection, Guid accountId, MailOptions options, FolderTroubles troubles, TimeProvider time, ILogger<ImapMailbox> logger)
    {
        _connection = connection;
        _accountId = accountId;
        _options = options;
        _troubles = troubles;
        _time = time;
        _logger = logger;
        _connection.Unsolicited = happened => _watch.Saw(happened);
    }

    public bool HasModSeq => _connection.Capabilities.CondStore;

    public Task<IReadOnlyList<ServerFolder>> ListAsync(CancellationToken cancellationToken) => FoldAsync(async () =>
    {
        var folders = new List<ServerFolder>();
        // A broken counter of one folder must not cost the list: the next time each is asked alone, and that one is not.
        _open = AllFolders;
        var listed = await _connection.ListAsync(withStatus: !_troubles.Had(_accountId, AllFolders), cancellationToken);
        _unreadable = [.. listed.Where(mailbox => mailbox.IsUnreadable).Select(mailbox => mailbox.Name.Wire)];
        foreach (var mailbox in listed) folders.Add(await WithStatusAsync(mailbox, cancellationToken));
        return (IReadOnlyList<ServerFolder>)[.. folders.OrderBy(f => f.SpecialUse != "inbox")];
    });

    public Task<OpenedFolder?> SelectAsync(string wireName, FolderCursor? cursor, Action<string> refused, CancellationToken cancellationToken) => FoldAsync(async () =>
    {
        if ((_unreadable.Contains(wireName) ? Unreadable : _troubles.Refusal(_accountId, wireName)) is { } reason)
        {
            refused(reason);
            return null;
        }

        _watch.Reset();
        _open = wireName;
        var known = cursor is { HighestModSeq: > 0, UidValidity: > 0 and <= uint.MaxValue } && !_troubles.Had(_accountId, wireName)
            ? new QResyncParameters((uint)cursor.UidValidity, cursor.HighestModSeq.Value)
            : null;
        var answer = await _connection.SelectAsync(
            ImapMailboxName.FromWire(wireName),
            new ImapSelectOptions { ReadOnly = true, QResync = known },
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
        FoldAsync(async () => Ranges(await _connection.SearchAllAsync(cancellationToken)));

    public async IAsyncEnumerable<FlagChange> FetchFlagsAsync(UidRanges uids, long? changedSince, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var bySearch = _open is { } open && _troubles.Had(_accountId, open);
        var fetching = _connection.FetchFlagsAsync(Set(uids), HasModSeq ? changedSince : null, bySearch, cancellationToken);
        await foreach (var fetched in FoldedAsync(fetching))
            if (uids.Contains(fetched.Uid)) yield return new FlagChange(fetched.Uid, fetched.Flags);
    }

    public async IAsyncEnumerable<IncomingMail> FetchAsync(IEnumerable<UidRanges> pieces, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var piece in pieces.Select(_left.Without).Where(piece => !piece.IsEmpty))
        {
            await foreach (var mail in FoldedAsync(_connection.FetchMailsAsync(Set(piece), _options.LargestMail, LogPoison, cancellationToken)))
            {
                if (mail.Body is { } raw)
                {
                    yield return IncomingMailReader.Read(mail.Uid, mail.Flags, mail.InternalDate, raw);
                    continue;
                }

                _left.Add(mail.Uid);
                LogTooLarge(_accountId, mail.Uid, mail.Size, _options.LargestMail);
            }
        }
    }

    public async Task<FolderSignal> WaitAsync(TimeSpan atMost, CancellationToken interrupt, CancellationToken cancellationToken)
    {
        if (_watch.Take() is { } before) return before;
        return await FoldAsync(async () =>
        {
            var outcome = await _connection.IdleAsync(atMost, happened => !_watch.Saw(happened), interrupt, cancellationToken);
            if (_watch.Take() is { } seen) return outcome == IdleOutcome.ServerEnded ? FolderSignal.Changed : seen;
            if (outcome is not (IdleOutcome.NotSupported or IdleOutcome.Refused or IdleOutcome.ServerEnded)) return FolderSignal.Quiet;
            // A server that ends each IDLE at once is polled as well.
            await PollAsync(atMost, interrupt, cancellationToken);
            // After an IDLE that it ended the folder must be opened anew, and what changed meanwhile is told then.
            return outcome == IdleOutcome.ServerEnded ? FolderSignal.Changed : _watch.Take() ?? FolderSignal.Quiet;
        });
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

    private async Task<ServerFolder> WithStatusAsync(Postmill.Mail.Imap.ImapMailbox mailbox, CancellationToken cancellationToken)
    {
        // Of the open mailbox a server tells what this session has seen, not what is there (RFC 3501 §6.3.10): a mail that just came would be missed.
        var isOpen = mailbox.Name.Wire == _connection.Selected?.Wire;
        var status = isOpen ? null : mailbox.Status;
        if (status is null && mailbox is { IsSelectable: true, IsUnreadable: false } && !isOpen && !_troubles.Had(_accountId, mailbox.Name.Wire))
        {
            _open = mailbox.Name.Wire;
            status = (await _connection.StatusAsync(mailbox.Name, cancellationToken)).Value;
        }

        return new ServerFolder(
            mailbox.Name.Wire,
            StorableName(mailbox.Name.Text),
            mailbox.Delimiter?.ToString(),
            mailbox.Name.IsInbox ? "inbox" : mailbox.SpecialUse?[1..].ToLowerInvariant(),
            mailbox.IsSelectable,
            status is { UidValidity: { } validity, UidNext: { } next }
                ? new FolderStatus(validity, next, status.Messages, status.HighestModSeq)
                : null)
        { IsUnreadable = mailbox.IsUnreadable };
    }

    /// <summary>A server whose mod-sequences went back (indexes rebuilt, backup restored) answers QRESYNC with nothing and means nothing by it.</summary>
    private static bool Told(ImapSelected selected, QResyncParameters known) =>
        selected.UidValidity == known.UidValidity && selected is { IsResynced: true, ChangesOverflowed: false } && selected.HighestModSeq >= known.ModSeq;

    // Mod-sequences said without CONDSTORE being announced are not relied on.
    private OpenedFolder Opened(ImapSelected selected, bool told) => new(
        selected.UidValidity ?? 0,
        selected.UidNext ?? 0,
        selected.Exists,
        HasModSeq ? selected.HighestModSeq : null,
        told
            ? new FolderDelta(Ranges(selected.Vanished), [.. selected.Changed.Select(c => new FlagChange(c.Uid, c.Flags))])
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

    /// <summary>Modified UTF-7 can spell half a surrogate pair, and PostgreSQL's text holds neither that nor U+0000.</summary>
    private static string StorableName(string name) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)).Replace('\0', '\uFFFD');

    private static UidSet Set(UidRanges uids) => UidSet.OfRanges(uids.Select(r => new Postmill.Mail.Imap.UidRange(r.First, r.Last)));

    private static UidRanges Ranges(UidSet uids) => UidRanges.Of(uids.Ranges.Select(r => new Domain.Messages.UidRange(r.First, r.Last)));

    private async Task<T> FoldAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (MailServerException fault)
        {
            if (_open is { } open && fault.Fault is MailFault.ProtocolError or MailFault.LimitExceeded) _troubles.Add(_accountId, open, fault.Message);
            throw MailFaults.ToSync(fault);
        }
    }

    private async IAsyncEnumerable<T> FoldedAsync<T>(IAsyncEnumerable<T> fetching)
    {
        await using var fetched = fetching.GetAsyncEnumerator();
        while (await FoldAsync(async () => await fetched.MoveNextAsync())) yield return fetched.Current;
    }
}
