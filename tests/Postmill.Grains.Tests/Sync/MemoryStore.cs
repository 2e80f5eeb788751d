using Postmill.Domain.Accounts;
using Postmill.Domain.Messages;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Tests.Sync;

/// <summary>A store in memory for one INBOX; a test can hold a write, fail one, and read what was stored.</summary>
internal sealed class MemoryStore : ISyncStore
{
    private readonly Lock _gate = new();
    private readonly List<MailBatch> _batches = [];

    /// <summary>Runs before each batch is stored; throwing refuses it.</summary>
    public Func<MailBatch, Task> Storing { get; set; } = _ => Task.CompletedTask;

    public StoredFolder Inbox { get; set; } = new(1, "INBOX", "INBOX", "inbox", true, null, 0, 0, null);

    public IReadOnlyList<MailBatch> Batches
    {
        get { lock (_gate) return [.. _batches]; }
    }

    public IReadOnlyList<uint> Stored => [.. Batches.SelectMany(b => b.Mails).Select(m => m.Uid)];

    public async Task<BatchStored> StoreAsync(Claim claim, MailBatch batch, CancellationToken cancellationToken)
    {
        await Storing(batch);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate) _batches.Add(batch);
        return new BatchStored(batch.Mails.Count, null);
    }

    public Task<IReadOnlyList<StoredFolder>> ReconcileFoldersAsync(Claim claim, IReadOnlyList<ServerFolder> folders, bool firstSync, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<StoredFolder>>([Inbox]);

    public Task<StoredFolder?> InboxAsync(Claim claim, CancellationToken cancellationToken) => Task.FromResult<StoredFolder?>(Inbox);

    public Task<UidRanges> UidsAsync(Claim claim, long folderId, long uidValidity, CancellationToken cancellationToken) => Task.FromResult(UidRanges.OfUids(Stored));

    public Task BeginFolderAsync(Claim claim, StoredFolder folder, long uidValidity, long? highestModSeq, CancellationToken cancellationToken)
    {
        Inbox = folder with { Cursor = new FolderCursor(uidValidity, null, highestModSeq) };
        return Task.CompletedTask;
    }

    public Task<long> FinishFolderAsync(Claim claim, long folderId, FolderCursor cursor, CancellationToken cancellationToken)
    {
        Inbox = Inbox with { Cursor = cursor, MessageCount = Stored.Count };
        return Task.FromResult(Inbox.MessageCount);
    }

    public Task ApplyFlagsAsync(Claim claim, long folderId, long uidValidity, IReadOnlyList<FlagChange> changes, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RemoveAsync(Claim claim, long folderId, long uidValidity, UidRanges uids, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ParkFolderAsync(Claim claim, long folderId, string? reason, CancellationToken cancellationToken)
    {
        Inbox = Inbox with { ParkedReason = reason };
        return Task.CompletedTask;
    }
}
