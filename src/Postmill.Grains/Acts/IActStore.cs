using Postmill.Domain.Access;
using Postmill.Domain.Accounts;
using Postmill.Domain.Acts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Messages;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Acts;

/// <summary>What acts need of the store. Every write is one transaction that begins with the fence.</summary>
/// <remarks>Each write throws <see cref="Accounts.OwnershipLostException"/> when the claim is stale.</remarks>
public interface IActStore
{
    /// <summary>
    /// Acts that are due, the oldest first, of each mail one: acts on a mail happen in their order. From the commit on their jobs are running. Jobs that say they run are taken
    /// too: nobody but the caller runs them, so they are what an earlier turn could not record.
    /// </summary>
    Task<IReadOnlyList<MailboxAct>> ClaimDueAsync(Claim claim, int most, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Ends a job that is running as <paramref name="job"/> says. What it held of the mail is given back to the server in the same transaction.</summary>
    Task EndAsync(Claim claim, Job job, AuditLine? line, CancellationToken cancellationToken);

    /// <summary>The places of a mail, deleted here or not.</summary>
    Task<IReadOnlyList<MessagePlace>> PlacesAsync(Claim claim, Guid messageId, CancellationToken cancellationToken);

    /// <summary>The folders as they are stored.</summary>
    Task<IReadOnlyList<StoredFolder>> FoldersAsync(Claim claim, CancellationToken cancellationToken);

    /// <summary>The mail left places, has new ones, or both, at once; the cursor of the folder it came into moves with it when nothing else lies between.</summary>
    Task PlaceAsync(Claim claim, PlaceChange change, CancellationToken cancellationToken);

    /// <summary>The mail's bytes, read as they are needed; null when they are deleted.</summary>
    Task<StoredContent?> ContentAsync(Claim claim, Guid messageId, CancellationToken cancellationToken);
}

/// <param name="Left">Null: none were left.</param>
/// <param name="Came">Null: the server did not say where it is now.</param>
public sealed record PlaceChange(Guid MessageId, FolderUids? Left, FolderUids? Came, IReadOnlyList<string> Flags);

/// <summary>Mails of one folder.</summary>
public sealed record FolderUids(long FolderId, long UidValidity, UidRanges Uids);

/// <param name="MessageId">Of the mail's header, without brackets.</param>
/// <param name="Date">When it was written, as far as it is known.</param>
public sealed record StoredContent(string? MessageId, DateTimeOffset Date, long Length, Stream Bytes) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Bytes.DisposeAsync();
}
