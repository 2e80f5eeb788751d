using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Acts;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Tests.Acts;

/// <summary>A mail server of a few folders in memory. The line to it can be lost at any command, before the server heard it or after it did it.</summary>
internal sealed class MemoryServer : IMailbox
{
    private readonly SortedDictionary<string, Folder> _folders = new(StringComparer.Ordinal);
    private Folder? _open;
    private int _commands;

    /// <summary>MOVE, else COPY and a removal.</summary>
    public bool MovesAtOnce { get; init; } = true;

    /// <summary>UIDPLUS: single mails can be removed, and places are told.</summary>
    public bool HasUidPlus { get; init; } = true;

    /// <summary>The command that is lost, counted from 0 over all connections; null: none.</summary>
    public int? LostAt { get; set; }

    /// <summary>Whether the server did what it was asked before the line was lost.</summary>
    public bool LostAfter { get; set; }

    /// <summary>Changing commands so far.</summary>
    public int Commands => _commands;

    /// <summary>What a changing command of this name is refused with.</summary>
    public Dictionary<string, SyncFailure> Refuses { get; } = [];

    public bool HasModSeq => false;

    public static string Use(string folder) => folder == "INBOX" ? "inbox" : folder.ToLowerInvariant();

    public MemoryServer With(string folder, params string[] mails)
    {
        var created = _folders[folder] = new Folder(_folders.Count + 1);
        foreach (var mail in mails) created.Add(mail, []);
        return this;
    }

    /// <summary>All folders in words: <c>INBOX: a b\Seen</c>.</summary>
    public override string ToString() =>
        string.Join(" | ", _folders.Select(folder => $"{folder.Key}: {string.Join(' ', folder.Value.Mails.Values.Select(mail => mail.Content + string.Concat(mail.Flags.Order())))}".TrimEnd()));

    /// <summary>Another program's move.</summary>
    public void MoveByOthers(string content, string from, string to)
    {
        var (uid, mail) = _folders[from].Mails.Single(m => m.Value.Content == content);
        _folders[from].Mails.Remove(uid);
        _folders[to].Add(mail.Content, mail.Flags);
    }

    public Task<IReadOnlyList<ServerFolder>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ServerFolder>>([.. _folders.Keys.Select(name => new ServerFolder(name, name, "/", Use(name), true, null))]);

    public Task<OpenedFolder?> SelectAsync(string wireName, FolderCursor? cursor, Action<string> refused, CancellationToken cancellationToken)
    {
        _open = _folders[wireName];
        return Task.FromResult<OpenedFolder?>(new OpenedFolder(_open.Validity, _open.Next, _open.Mails.Count, null, null));
    }

    public async Task<(OpenedFolder? Folder, SyncFailure? Refusal)> OpenAsync(string wireName, CancellationToken cancellationToken) =>
        (await SelectAsync(wireName, null, _ => { }, cancellationToken), null);

    public Task<UidRanges> SearchAllAsync(CancellationToken cancellationToken) => Task.FromResult(UidRanges.OfUids(_open!.Mails.Keys));

    public async IAsyncEnumerable<FlagChange> FetchFlagsAsync(UidRanges uids, long? changedSince, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var (uid, mail) in _open!.Mails.Where(m => uids.Contains(m.Key)).ToList()) yield return new FlagChange(uid, mail.Flags);
    }

    public async IAsyncEnumerable<IncomingMail> FetchAsync(IEnumerable<UidRanges> pieces, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var (uid, mail) in _open!.Mails.Where(m => pieces.Any(piece => piece.Contains(m.Key))).ToList())
        {
            var raw = Encoding.ASCII.GetBytes(mail.Content);
            yield return new IncomingMail { Uid = uid, Flags = mail.Flags, ReceivedAt = DateTimeOffset.UnixEpoch, Raw = raw, Sha256 = SHA256.HashData(raw) };
        }
    }

    public Task<SyncFailure?> ChangeFlagsAsync(UidRanges uids, IReadOnlyList<string> flags, bool set, CancellationToken cancellationToken) => DoAsync("store", () =>
    {
        foreach (var (uid, mail) in _open!.Mails.Where(m => uids.Contains(m.Key)).ToList())
            _open.Mails[uid] = mail with { Flags = set ? [.. mail.Flags.Union(flags)] : [.. mail.Flags.Except(flags)] };
    });

    public async Task<MovedMails> MoveAsync(UidRanges uids, string targetWireName, CancellationToken cancellationToken)
    {
        var came = new List<uint>();
        var target = _folders[targetWireName];
        var refusal = await DoAsync("move", () =>
        {
            foreach (var (uid, mail) in _open!.Mails.Where(m => uids.Contains(m.Key)).ToList())
            {
                came.Add(target.Add(mail.Content, mail.Flags));
                if (MovesAtOnce) _open.Mails.Remove(uid);
            }
        });
        if (refusal is null && !MovesAtOnce) refusal = await RemoveAsync(uids, cancellationToken);
        return new MovedMails(refusal, HasUidPlus && refusal is null ? target.Validity : 0, UidRanges.OfUids(came));
    }

    public async Task<SyncFailure?> RemoveAsync(UidRanges uids, CancellationToken cancellationToken) =>
        await ChangeFlagsAsync(uids, [@"\Deleted"], true, cancellationToken) ?? (HasUidPlus ? await DoAsync("expunge", () =>
        {
            foreach (var uid in _open!.Mails.Keys.Where(uids.Contains).ToList()) _open.Mails.Remove(uid);
        }) : null);

    public Task<UidRanges> FindAsync(string messageId, CancellationToken cancellationToken) =>
        Task.FromResult(UidRanges.OfUids(_open!.Mails.Where(m => m.Value.Content == messageId).Select(m => m.Key)));

    public async Task<MovedMails> AppendAsync(string wireName, StoredContent content, CancellationToken cancellationToken)
    {
        uint uid = 0;
        var refusal = await DoAsync("append", () =>
        {
            using var reader = new StreamReader(content.Bytes, leaveOpen: true);
            uid = _folders[wireName].Add(reader.ReadToEnd(), [@"\Seen"]);
        });
        return new MovedMails(refusal, HasUidPlus && refusal is null ? _folders[wireName].Validity : 0, UidRanges.OfUids(uid > 0 ? [uid] : []));
    }

    public Task<FolderSignal> WaitAsync(TimeSpan atMost, CancellationToken interrupt, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<SyncFailure?> DoAsync(string command, Action act)
    {
        var lost = _commands++ == LostAt;
        if (lost && !LostAfter) throw Lost();
        if (Refuses.TryGetValue(command, out var refusal)) return Task.FromResult<SyncFailure?>(refusal);
        act();
        return lost ? throw Lost() : Task.FromResult<SyncFailure?>(null);
    }

    private static MailboxFaultException Lost() => new(new SyncFailure(SyncFailure.Unreachable, "the line was lost"));

    private sealed class Folder(int number)
    {
        public long Validity => 100 + number;

        public uint Next { get; private set; } = 1;

        public SortedDictionary<uint, (string Content, IReadOnlyList<string> Flags)> Mails { get; } = [];

        public uint Add(string content, IReadOnlyList<string> flags)
        {
            Mails[Next] = (content, flags);
            return Next++;
        }
    }
}
