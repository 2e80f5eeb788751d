namespace Postmill.Protocols.Imap;

/// <summary>Counters of a mailbox (RFC 9051 §7.3.4); null where not given, or where the number is not exact.</summary>
/// <param name="Name">The mailbox.</param>
public sealed record ImapStatus(ImapMailboxName Name)
{
    /// <summary>Number of messages.</summary>
    public uint? Messages { get; init; }

    /// <summary>The next UID will be this or higher.</summary>
    public uint? UidNext { get; init; }

    /// <summary>Validity of the UIDs.</summary>
    public uint? UidValidity { get; init; }

    /// <summary>Number of messages without <c>\Seen</c>.</summary>
    public uint? Unseen { get; init; }

    /// <summary>Highest mod-sequence (RFC 7162), at most 2^63 - 1; 0 and null mean that the mailbox has none.</summary>
    public long? HighestModSeq { get; init; }

    /// <summary>Bytes of all messages (RFC 8438).</summary>
    public long? Size { get; init; }

    /// <summary>Identity of the mailbox that survives renaming (RFC 8474).</summary>
    public string? MailboxId { get; init; }
}
