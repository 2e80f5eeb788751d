using Postmill.Domain.Messages;

namespace Postmill.Grains.Sync;

/// <summary>
/// One logged-in connection, used by one loop at a time. Every method may throw <see cref="MailboxFaultException"/>; the connection is then to be disposed.
/// </summary>
public interface IMailbox : IMailboxChanges, IAsyncDisposable
{
    /// <summary>The server tells flag changes by mod-sequence (CONDSTORE, RFC 7162): an unchanged folder can be told without reading it.</summary>
    bool HasModSeq { get; }

    /// <summary>All folders, INBOX first, each with its status where the server tells it.</summary>
    Task<IReadOnlyList<ServerFolder>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Opens a folder read-only, asking for what changed since <paramref name="cursor"/>. Null when the server refuses the folder; <paramref name="refused"/> hears why.
    /// </summary>
    Task<OpenedFolder?> SelectAsync(string wireName, FolderCursor? cursor, Action<string> refused, CancellationToken cancellationToken);

    /// <summary>All UIDs of the open folder.</summary>
    Task<UidRanges> SearchAllAsync(CancellationToken cancellationToken);

    /// <summary>Flags of the open folder, by ascending or any order; with <paramref name="changedSince"/> only those with a higher mod-sequence.</summary>
    IAsyncEnumerable<FlagChange> FetchFlagsAsync(UidRanges uids, long? changedSince, CancellationToken cancellationToken);

    /// <summary>The mails of the open folder, piece by piece in the order given; one that vanished meanwhile is left out.</summary>
    IAsyncEnumerable<IncomingMail> FetchAsync(IEnumerable<UidRanges> pieces, CancellationToken cancellationToken);

    /// <summary>
    /// Waits in the open folder until something changes or <paramref name="atMost"/> has passed (IDLE, else NOOP polling). Cancelling
    /// <paramref name="interrupt"/> ends the wait in good order and answers <see cref="FolderSignal.Quiet"/>; the connection stays usable. Cancelling <paramref name="cancellationToken"/> gives the
    /// connection up, also when the server hangs.
    /// </summary>
    Task<FolderSignal> WaitAsync(TimeSpan atMost, CancellationToken interrupt, CancellationToken cancellationToken);
}
