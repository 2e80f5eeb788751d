using System.Runtime.CompilerServices;
using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Acts;
using Postmill.Grains.Sync;

namespace Postmill.Bench.Cluster;

/// <summary>Two folders, as <see cref="AccountRows"/> stores them, empty, with mod-sequences.</summary>
internal sealed class SimulatedMailbox(TimeProvider time) : IMailbox
{
    public const int UidValidity = 1, UidNext = 1_001, ModSeq = 2_001;
    private static readonly TimeSpan Command = TimeSpan.FromMilliseconds(5);
    private static readonly FolderStatus Status = new(UidValidity, UidNext, 0, ModSeq);

    private static readonly ServerFolder[] Folders =
    [
        new("INBOX", "INBOX", "/", "inbox", true, Status),
        new("Sent", "Sent", "/", "sent", true, Status),
    ];

    public bool HasModSeq => true;

    public async Task<IReadOnlyList<ServerFolder>> ListAsync(CancellationToken cancellationToken)
    {
        await AnswerAsync(cancellationToken);
        return Folders;
    }

    public async Task<OpenedFolder?> SelectAsync(string wireName, FolderCursor? cursor, Action<string> refused, CancellationToken cancellationToken)
    {
        await AnswerAsync(cancellationToken);
        return new OpenedFolder(UidValidity, UidNext, 0, ModSeq, null);
    }

    public async Task<UidRanges> SearchAllAsync(CancellationToken cancellationToken)
    {
        await AnswerAsync(cancellationToken);
        return UidRanges.Of([]);
    }

    public async IAsyncEnumerable<FlagChange> FetchFlagsAsync(UidRanges uids, long? changedSince, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await AnswerAsync(cancellationToken);
        yield break;
    }

    public async IAsyncEnumerable<IncomingMail> FetchAsync(IEnumerable<UidRanges> pieces, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await AnswerAsync(cancellationToken);
        yield break;
    }

    public async Task<FolderSignal> WaitAsync(TimeSpan atMost, CancellationToken interrupt, CancellationToken cancellationToken)
    {
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(interrupt, cancellationToken))
            await Task.Delay(atMost, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await AnswerAsync(cancellationToken);
        return FolderSignal.Quiet;
    }

    // Nobody asks a simulated mailbox to change.
    public bool MovesAtOnce => true;

    public Task<(OpenedFolder? Folder, SyncFailure? Refusal)> OpenAsync(string wireName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<SyncFailure?> ChangeFlagsAsync(UidRanges uids, IReadOnlyList<string> flags, bool set, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<MovedMails> MoveAsync(UidRanges uids, string targetWireName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<SyncFailure?> RemoveAsync(UidRanges uids, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<UidRanges> FindAsync(string messageId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<MovedMails> AppendAsync(string wireName, StoredContent content, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task AnswerAsync(CancellationToken cancellationToken) => Task.Delay(Command, time, cancellationToken);
}
