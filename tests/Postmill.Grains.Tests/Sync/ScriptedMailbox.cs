using System.Runtime.CompilerServices;
using Postmill.Domain.Messages;
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
