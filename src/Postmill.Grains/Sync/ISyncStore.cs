using Postmill.Domain.Accounts;
using Postmill.Domain.Messages;

namespace Postmill.Grains.Sync;

/// <summary>What a run writes. Every write is one transaction that begins with the fence of <see cref="Claim"/>.</summary>
/// <remarks>Each method throws <see cref="Accounts.OwnershipLostException"/> when the claim is stale.</remarks>
public interface ISyncStore
{
    /// <summary>
    /// Makes the stored folders those of the server: new ones are added (with their UIDNEXT as baseline during the first sync), those gone are removed with their locations.
    /// </summary>
    Task<IReadOnlyList<StoredFolder>> ReconcileFoldersAsync(Claim claim, IReadOnlyList<ServerFolder> folders, bool firstSync, CancellationToken cancellationToken);

    /// <summary>INBOX as the store has it; null before the first listing.</summary>
    Task<StoredFolder?> InboxAsync(Claim claim, CancellationToken cancellationToken);

    /// <summary>The UIDs stored under this UIDVALIDITY.</summary>
    Task<UidRanges> UidsAsync(Claim claim, long folderId, long uidValidity, CancellationToken cancellationToken);

    /// <summary>
    /// Begins (or begins anew, after a UIDVALIDITY change) to fill a folder: the cursor stands at <paramref name="uidValidity"/>, incomplete, with the folder's baseline
    /// saved. Places under an older UIDVALIDITY stay until <see cref="FinishFolderAsync"/>.
    /// </summary>
    Task BeginFolderAsync(Claim claim, StoredFolder folder, long uidValidity, long? highestModSeq, CancellationToken cancellationToken);

    /// <summary>Stores mails and their places, counts the new ones and writes their events, all or nothing.</summary>
    Task<BatchStored> StoreAsync(Claim claim, MailBatch batch, CancellationToken cancellationToken);

    /// <summary>Flags as they are now; unknown UIDs are ignored.</summary>
    Task ApplyFlagsAsync(Claim claim, long folderId, long uidValidity, IReadOnlyList<FlagChange> changes, CancellationToken cancellationToken);

    /// <summary>Removes the places of mails that left the folder. The messages stay.</summary>
    Task RemoveAsync(Claim claim, long folderId, long uidValidity, UidRanges uids, CancellationToken cancellationToken);

    /// <summary>Moves the cursor; with it the folder is complete and places under other UIDVALIDITYs go. Answers the number of places that stand.</summary>
    Task<long> FinishFolderAsync(Claim claim, long folderId, FolderCursor cursor, CancellationToken cancellationToken);

    /// <summary>Records why a folder is left out, or with null that it is served again.</summary>
    Task ParkFolderAsync(Claim claim, long folderId, string? reason, CancellationToken cancellationToken);
}

/// <summary>A folder as the store has it.</summary>
public sealed record StoredFolder(long Id, string WireName, string Name, string? SpecialUse, bool Selectable, FolderCursor? Cursor, long MessageCount, long BaselineUid, string? ParkedReason);

/// <summary>Mails of one folder that are stored together.</summary>
/// <param name="UidNext">When set, the cursor's UIDNEXT moves here with the batch: mails seen while idling.</param>
public sealed record MailBatch(StoredFolder Folder, long UidValidity, string AccountEmail, DateTimeOffset ConnectedAt, IReadOnlyList<IncomingMail> Mails, long? UidNext);

/// <param name="NewMessages">Inbound mails stored for the first time.</param>
/// <param name="FeedSeq">The last event written, null when none was.</param>
public sealed record BatchStored(int NewMessages, long? FeedSeq);
