using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Acts;

namespace Postmill.Grains.Sync;

/// <summary>
/// What changes mail on its server. A command that the server refuses is a value, <c>not_found</c> when something is missing there, and leaves the connection usable;
/// everything else is a <see cref="MailboxFaultException"/>, after which it is not known whether the command was carried out.
/// </summary>
public interface IMailboxChanges
{
    /// <summary>A move is one step, done or not. Else it is a copy and a removal, between which a connection can be lost.</summary>
    bool MovesAtOnce { get; }

    /// <summary>Opens a folder to change it.</summary>
    Task<(OpenedFolder? Folder, SyncFailure? Refusal)> OpenAsync(string wireName, CancellationToken cancellationToken);

    /// <summary>Sets or takes flags in the open folder; null: done.</summary>
    Task<SyncFailure?> ChangeFlagsAsync(UidRanges uids, IReadOnlyList<string> flags, bool set, CancellationToken cancellationToken);

    /// <summary>Moves mails of the open folder.</summary>
    Task<MovedMails> MoveAsync(UidRanges uids, string targetWireName, CancellationToken cancellationToken);

    /// <summary>Removes mails of the open folder for good, and no others; null: done. Where the server cannot remove single mails they stay, marked <c>\Deleted</c>.</summary>
    Task<SyncFailure?> RemoveAsync(UidRanges uids, CancellationToken cancellationToken);

    /// <summary>Mails of the open folder with this Message-ID.</summary>
    Task<UidRanges> FindAsync(string messageId, CancellationToken cancellationToken);

    /// <summary>Puts a mail, read, into a folder.</summary>
    Task<MovedMails> AppendAsync(string wireName, StoredContent content, CancellationToken cancellationToken);
}

/// <summary>What became of mails that were to go into a folder.</summary>
/// <param name="UidValidity">Of the folder; 0 when the server does not tell where they are.</param>
/// <param name="Uids">Theirs there.</param>
public sealed record MovedMails(SyncFailure? Refusal, long UidValidity, UidRanges Uids);
