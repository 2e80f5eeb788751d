using System.Runtime.CompilerServices;
using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Acts;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Tests.Sync;

/// <summary>A mailbox with INBOX only; what it answers is set by the test, what it was asked is kept.</summary>
internal sealed class ScriptedMailbox : IMailbox
{
    private readonly List<string> _asked = [];

    public bool HasModSeq { get; set; }

    public SortedDictionary<uint, string[]> Mails { get; } = [];

    public Func<OpenedFolder> Opens { get; set; } = () => throw new InvalidOperationException("not scripted");

    /// <summary>Ends when the test lets a wait end.</summary>
    public Func<CancellationToken, Task<FolderSignal>> Waits { get; set; } = async interrupt =>
    {
        var interrupted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = interrupt.Register(interrupted.SetResult);
        await interrupted.Task;
        return FolderSignal.Quiet;
    };

    /// <summary>What the server answers to a change of flags, which it has carried out; throwing loses the connection after it.</summary>
    public Func<Task<SyncFailure?>> Changed { get; set; } = () => Task.FromResult<SyncFailure?>(null);

    public bool Disposed { get; private set; }

    /// <summary>Commands in words: <c>select</c>, <c>search</c>, <c>flags 1:5 since 7</c>, <c>fetch 3:4</c>.</summary>
    public IReadOnlyList<string> Asked
    {
        get { lock (_asked) return [.. _asked]; }
    }

    public void Forget()
    {
        lock (_asked) _asked.Clear();
    }

    public Task<IReadOnlyList<ServerFolder>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ServerFolder>>([new ServerFolder("INBOX", "INBOX", "/", "inbox", true, null)]);

    public Task<OpenedFolder?> SelectAsync(string wireName, FolderCursor? cursor, Action<string> refused, CancellationToken cancellationToken)
    {
        Ask("select");
        return Task.FromResult<OpenedFolder?>(Opens());
    }

    public Task<UidRanges> SearchAllAsync(CancellationToken cancellationToken)
    {
        Ask("search");
        return Task.FromResult(UidRanges.OfUids(Mails.Keys));
    }

    public async IAsyncEnumerable<FlagChange> FetchFlagsAsync(UidRanges uids, long? changedSince, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Ask($"flags {uids}{(changedSince is null ? "" : $" since {changedSince}")}");
        await Task.Yield();
        foreach (var (uid, flags) in Mails.Where(m => uids.Contains(m.Key))) yield return new FlagChange(uid, flags);
    }

    public async IAsyncEnumerable<IncomingMail> FetchAsync(IEnumerable<UidRanges> pieces, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var piece in pieces)
        {
            Ask($"fetch {piece}");
            await Task.Yield();
            foreach (var (uid, _) in Mails.Where(m => piece.Contains(m.Key))) yield return Given.Mail(uid);
        }
    }

    public Task<FolderSignal> WaitAsync(TimeSpan atMost, CancellationToken interrupt, CancellationToken cancellationToken) => Waits(interrupt);

    public bool MovesAtOnce => true;

    public Task<(OpenedFolder? Folder, SyncFailure? Refusal)> OpenAsync(string wireName, CancellationToken cancellationToken)
    {
        Ask("open");
        return Task.FromResult<(OpenedFolder?, SyncFailure?)>((Opens(), null));
    }

    public Task<SyncFailure?> ChangeFlagsAsync(UidRanges uids, IReadOnlyList<string> flags, bool set, CancellationToken cancellationToken)
    {
        Ask($"store {uids} {(set ? '+' : '-')}{string.Join(' ', flags)}");
        foreach (var uid in Mails.Keys.Where(uids.Contains).ToList()) Mails[uid] = set ? [.. Mails[uid].Union(flags)] : [.. Mails[uid].Except(flags)];
        return Changed();
    }

    public Task<MovedMails> MoveAsync(UidRanges uids, string targetWireName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<SyncFailure?> RemoveAsync(UidRanges uids, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<UidRanges> FindAsync(string messageId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<MovedMails> AppendAsync(string wireName, StoredContent content, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }

    private void Ask(string what)
    {
        lock (_asked) _asked.Add(what);
    }
}
