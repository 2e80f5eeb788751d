using Postmill.Domain.Accounts;
using Postmill.Domain.Messages;

namespace Postmill.Grains.Sync;

/// <summary>
/// Brings one stored folder to what the server shows. The order is fixed: places that went, flags, new mails, cursor; a crash between any two leaves a state
/// from which the next run completes, because the cursor moves last.
/// <code>
///   no cursor, other UIDVALIDITY or incomplete ──► compare all UIDs, fetch what is missing ──► cursor
///   cursor ──► QRESYNC's delta │ CONDSTORE's changed flags │ scan of all flags ──► new UIDs ──► cursor ──► counts differ? compare all UIDs
/// </code>
/// </summary>
internal sealed class FolderSync(OwnedMailbox owned, ISyncStore store, IGrainFactory grains, SyncOptions options)
{
    // A gap in UIDs beyond this is searched instead of asked for piece by piece: a server may skip any number (RFC 3501 §2.3.1.1).
    private const long WidestBlindFetch = 10_000;

    private Claim Claim => owned.Account.Claim;

    private IMailbox Mailbox => owned.Mailbox;

    /// <summary>Answers how many new messages were stored; null when the server refuses the folder, which is parked then with its reason.</summary>
    public async Task<int?> RunAsync(StoredFolder folder, FolderStatus? status, CancellationToken cancellationToken)
    {
        if (Unchanged(folder, status)) return 0;
        string? refusal = null;
        var complete = folder.Cursor is { UidNext: not null } ? folder.Cursor : null;
        var opened = await Mailbox.SelectAsync(folder.WireName, complete, why => refusal = why, cancellationToken);
        if (opened is null)
        {
            await store.ParkFolderAsync(Claim, folder.Id, refusal ?? "refused", cancellationToken);
            return null;
        }

        if (folder.ParkedReason is not null) await store.ParkFolderAsync(Claim, folder.Id, null, cancellationToken);
        return complete is not null && complete.UidValidity == opened.UidValidity
            ? await FollowAsync(folder, complete, opened, cancellationToken)
            : await FillAsync(folder, opened, cancellationToken);
    }

    /// <summary>Only a server with mod-sequences tells by STATUS that no flag changed either.</summary>
    private bool Unchanged(StoredFolder folder, FolderStatus? status) =>
        Mailbox.HasModSeq && folder.ParkedReason is null
        && status is { HighestModSeq: not null }
        && folder.Cursor is { } cursor
        && cursor == new FolderCursor(status.UidValidity, status.UidNext, status.HighestModSeq)
        && folder.MessageCount == status.Messages;

    private async Task<int> FillAsync(StoredFolder folder, OpenedFolder opened, CancellationToken cancellationToken)
    {
        long? since = null;
        if (folder.Cursor?.UidValidity == opened.UidValidity)
        {
            since = ChangedSince(folder.Cursor, opened);
        }
        else
        {
            folder = folder with { BaselineUid = BaselineOf(folder, opened) };
            await store.BeginFolderAsync(Claim, folder, opened.UidValidity, opened.HighestModSeq, cancellationToken);
        }

        var stored = await CompareAsync(folder, opened, refreshFlags: true, since, cancellationToken);
        await store.FinishFolderAsync(Claim, folder.Id, CursorOf(opened), cancellationToken);
        return stored;
    }

    /// <summary>What lies in a folder when the first sync meets it is no news; a renumbered folder has no such line, there the content tells.</summary>
    private long BaselineOf(StoredFolder folder, OpenedFolder opened)
    {
        if (owned.Account.State.FirstSyncedAt is not null || folder.Cursor is not null) return 0;
        return folder.BaselineUid > 0 ? folder.BaselineUid : opened.UidNext;
    }

    private async Task<int> FollowAsync(StoredFolder folder, FolderCursor cursor, OpenedFolder opened, CancellationToken cancellationToken)
    {
        if (opened.Delta is { } delta)
        {
            if (!delta.Vanished.IsEmpty) await store.RemoveAsync(Claim, folder.Id, opened.UidValidity, delta.Vanished, cancellationToken);
            await ApplyAsync(folder, opened, delta.Changed, cancellationToken);
        }
        else
        {
            await RefreshFlagsAsync(folder, opened, Everything, ChangedSince(cursor, opened), cancellationToken);
        }

        var stored = await FetchNewAsync(folder, cursor, opened, cancellationToken);
        if (Still(folder, cursor, opened)) return stored;
        var stands = await store.FinishFolderAsync(Claim, folder.Id, CursorOf(opened), cancellationToken);
        // The count is the proof: an expunge that nobody announced, a server that breaks QRESYNC, UIDs left out of an answer.
        if (stands == opened.Exists) return stored;
        if (opened.Delta is not null && stands > opened.Exists) owned.Broke(Capabilities.QResync); // it did not say what had vanished
        stored += await CompareAsync(folder, opened, refreshFlags: false, null, cancellationToken);
        return stored;
    }

    /// <summary>Nothing to write: the store says already what the server says.</summary>
    private static bool Still(StoredFolder folder, FolderCursor cursor, OpenedFolder opened) =>
        cursor == CursorOf(opened) && folder.MessageCount == opened.Exists
        && (opened.Delta is null || (opened.Delta.Vanished.IsEmpty && opened.Delta.Changed.Count == 0));

    private static readonly UidRanges Everything = UidRanges.Between(1, uint.MaxValue);

    /// <summary>Null asks for all flags: no mod-sequences, or they went backwards and mean nothing.</summary>
    private static long? ChangedSince(FolderCursor cursor, OpenedFolder opened) =>
        cursor.HighestModSeq is { } then && opened.HighestModSeq is { } now && now >= then ? then : null;

    private async Task<int> FetchNewAsync(StoredFolder folder, FolderCursor cursor, OpenedFolder opened, CancellationToken cancellationToken)
    {
        var width = opened.UidNext - cursor.UidNext!.Value;
        if (opened.UidNext == 0 || width > WidestBlindFetch) return await CompareAsync(folder, opened, refreshFlags: false, null, cancellationToken);
        if (width <= 0) return 0;
        return await StoreAsync(folder, opened, UidRanges.Between((uint)cursor.UidNext.Value, (uint)(opened.UidNext - 1)), cancellationToken);
    }

    private async Task<int> CompareAsync(StoredFolder folder, OpenedFolder opened, bool refreshFlags, long? changedSince, CancellationToken cancellationToken)
    {
        var there = await Mailbox.SearchAllAsync(cancellationToken);
        var here = await store.UidsAsync(Claim, folder.Id, opened.UidValidity, cancellationToken);
        var gone = here.Except(there);
        if (!gone.IsEmpty) await store.RemoveAsync(Claim, folder.Id, opened.UidValidity, gone, cancellationToken);
        if (refreshFlags && !here.IsEmpty) await RefreshFlagsAsync(folder, opened, here, changedSince, cancellationToken);
        return await StoreAsync(folder, opened, there.Except(here), cancellationToken);
    }

    private async Task RefreshFlagsAsync(StoredFolder folder, OpenedFolder opened, UidRanges uids, long? changedSince, CancellationToken cancellationToken)
    {
        if (changedSince is not null && changedSince == opened.HighestModSeq) return;
        var changes = new List<FlagChange>();
        await foreach (var change in Mailbox.FetchFlagsAsync(uids, changedSince, cancellationToken))
        {
            changes.Add(change);
            if (changes.Count < options.FlagBatch) continue;
            await ApplyAsync(folder, opened, changes, cancellationToken);
            changes.Clear();
        }

        await ApplyAsync(folder, opened, changes, cancellationToken);
    }

    private Task ApplyAsync(StoredFolder folder, OpenedFolder opened, IReadOnlyList<FlagChange> changes, CancellationToken cancellationToken) =>
        changes.Count == 0 ? Task.CompletedTask : store.ApplyFlagsAsync(Claim, folder.Id, opened.UidValidity, changes, cancellationToken);

    private Task<int> StoreAsync(StoredFolder folder, OpenedFolder opened, UidRanges uids, CancellationToken cancellationToken) =>
        uids.IsEmpty
            ? Task.FromResult(0)
            : new BatchWriter(owned, folder, opened.UidValidity, store, grains, options)
                .WriteAsync(Mailbox.FetchAsync(uids.NewestFirst(options.PieceUids), cancellationToken), cancellationToken);

    private static FolderCursor CursorOf(OpenedFolder opened) => new(opened.UidValidity, opened.UidNext, opened.HighestModSeq);
}
