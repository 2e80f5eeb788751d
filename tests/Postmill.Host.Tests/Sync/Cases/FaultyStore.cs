using System.Data.Common;
using Postmill.Domain.Accounts;
using Postmill.Domain.Messages;
using Postmill.Grains.Sync;

namespace Postmill.Host.Tests.Sync.Cases;

/// <summary>A store that is lost at a chosen call, before its effect or after it: what a crash between two effects looks like from outside.</summary>
public sealed class FaultyStore(ISyncStore inner) : ISyncStore
{
    private int _left;
    private bool _afterEffect;

    /// <summary>The chosen call came.</summary>
    public bool Failed => Volatile.Read(ref _left) == 0;

    public void FailAt(int call, bool afterEffect)
    {
        _afterEffect = afterEffect;
        Volatile.Write(ref _left, call);
    }

    public void Heal() => Volatile.Write(ref _left, -1);

    public Task<IReadOnlyList<StoredFolder>> ReconcileFoldersAsync(Claim claim, IReadOnlyList<ServerFolder> folders, bool firstSync, CancellationToken cancellationToken) =>
        DoAsync(() => inner.ReconcileFoldersAsync(claim, folders, firstSync, cancellationToken));

    public Task<StoredFolder?> InboxAsync(Claim claim, CancellationToken cancellationToken) => DoAsync(() => inner.InboxAsync(claim, cancellationToken));

    public Task<UidRanges> UidsAsync(Claim claim, long folderId, long uidValidity, CancellationToken cancellationToken) =>
        DoAsync(() => inner.UidsAsync(claim, folderId, uidValidity, cancellationToken));

    public Task BeginFolderAsync(Claim claim, StoredFolder folder, long uidValidity, long? highestModSeq, CancellationToken cancellationToken) =>
        DoAsync(() => inner.BeginFolderAsync(claim, folder, uidValidity, highestModSeq, cancellationToken));

    public Task<BatchStored> StoreAsync(Claim claim, MailBatch batch, CancellationToken cancellationToken) => DoAsync(() => inner.StoreAsync(claim, batch, cancellationToken));

    public Task ApplyFlagsAsync(Claim claim, long folderId, long uidValidity, IReadOnlyList<FlagChange> changes, CancellationToken cancellationToken) =>
        DoAsync(() => inner.ApplyFlagsAsync(claim, folderId, uidValidity, changes, cancellationToken));

    public Task RemoveAsync(Claim claim, long folderId, long uidValidity, UidRanges uids, CancellationToken cancellationToken) =>
        DoAsync(() => inner.RemoveAsync(claim, folderId, uidValidity, uids, cancellationToken));

    public Task<long> FinishFolderAsync(Claim claim, long folderId, FolderCursor cursor, CancellationToken cancellationToken) =>
        DoAsync(() => inner.FinishFolderAsync(claim, folderId, cursor, cancellationToken));

    public Task ParkFolderAsync(Claim claim, long folderId, string? reason, CancellationToken cancellationToken) =>
        DoAsync(() => inner.ParkFolderAsync(claim, folderId, reason, cancellationToken));

    private Task DoAsync(Func<Task> effect) => DoAsync(async () =>
    {
        await effect();
        return true;
    });

    private async Task<T> DoAsync<T>(Func<Task<T>> effect)
    {
        var fails = Volatile.Read(ref _left) > 0 && Interlocked.Decrement(ref _left) == 0;
        if (fails && !_afterEffect) throw new StoreLostException();
        var result = await effect();
        return fails ? throw new StoreLostException() : result;
    }

    private sealed class StoreLostException() : DbException("the test took the storage away");
}
