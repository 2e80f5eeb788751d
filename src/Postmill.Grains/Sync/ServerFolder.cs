namespace Postmill.Grains.Sync;

/// <summary>A folder as the server lists it.</summary>
/// <param name="WireName">As the server spells it; what every command must send back.</param>
/// <param name="SpecialUse">RFC 6154, lower case without the backslash, <c>inbox</c> for INBOX.</param>
public sealed record ServerFolder(string WireName, string Name, string? Delimiter, string? SpecialUse, bool Selectable, FolderStatus? Status)
{
    /// <summary>Whether the server's line about it could not be read. Then the name may be another's, and the list proves of no folder that it is gone.</summary>
    public bool IsUnreadable { get; init; }
}

/// <summary>STATUS of a folder (RFC 3501 §6.3.10; HIGHESTMODSEQ: RFC 7162).</summary>
public sealed record FolderStatus(long UidValidity, long UidNext, long Messages, long? HighestModSeq);

/// <summary>What the store reflects of a folder. <paramref name="UidNext"/> is null while it is not complete.</summary>
public sealed record FolderCursor(long UidValidity, long? UidNext, long? HighestModSeq);

/// <summary>The folder as SELECT found it.</summary>
/// <param name="UidNext">0 when the server does not tell.</param>
/// <param name="HighestModSeq">Null without CONDSTORE or with NOMODSEQ.</param>
/// <param name="Delta">What changed since the cursor, by QRESYNC; null when the server did not say.</param>
public sealed record OpenedFolder(long UidValidity, long UidNext, long Exists, long? HighestModSeq, FolderDelta? Delta);

/// <summary>QRESYNC's answer (RFC 7162 §3.2.5): UIDs gone and flags changed, new mails among the latter.</summary>
public sealed record FolderDelta(Postmill.Domain.Messages.UidRanges Vanished, IReadOnlyList<FlagChange> Changed);

/// <summary>The flags of one mail now.</summary>
public sealed record FlagChange(uint Uid, IReadOnlyList<string> Flags);

/// <summary>What waiting in a folder ended with.</summary>
public enum FolderSignal
{
    /// <summary>Time is up; nothing happened.</summary>
    Quiet,

    /// <summary>More mails than before.</summary>
    Grew,

    /// <summary>Flags changed or mails went.</summary>
    Changed,
}
