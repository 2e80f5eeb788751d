namespace Postmill.Protocols.Imap;

/// <summary>
/// One FETCH response as the server sent it. A server may split what it says of a message over several responses, repeat it, and say
/// it unasked; merging is the caller's. Items the server left out are null.
/// </summary>
public sealed class ImapFetched
{
    /// <summary>Sequence number at the moment of the response.</summary>
    public uint SequenceNumber { get; init; }

    /// <summary>UID; null in some unsolicited responses.</summary>
    public uint? Uid { get; internal set; }

    /// <summary>Flags and keywords, as sent.</summary>
    public IReadOnlyList<string>? Flags { get; internal set; }

    /// <summary>When the server received the message; null also when the server's date is none (<c>00-Jan-0000</c>).</summary>
    public DateTimeOffset? InternalDate { get; internal set; }

    /// <summary>RFC822.SIZE in bytes. Servers get it wrong: a hint, never a length.</summary>
    public long? Size { get; internal set; }

    /// <summary>Mod-sequence (RFC 7162), at most 2^63 - 1.</summary>
    public long? ModSeq { get; internal set; }

    /// <summary>BODY[]: the message, byte for byte; null when not sent, NIL, or larger than <see cref="FetchOptions.InMemoryBytes"/>.</summary>
    public byte[]? Body { get; internal set; }

    /// <summary>The stream that <see cref="FetchOptions.LargeBody"/> gave, now holding the whole message; the caller's to dispose.</summary>
    public Stream? BodyStream { get; internal set; }

    /// <summary>Bytes of BODY[] as sent; also set when the body was skipped because nobody wanted large ones.</summary>
    public long? BodySize { get; internal set; }

    /// <summary>BODY[HEADER]: the header block, byte for byte.</summary>
    public byte[]? Header { get; internal set; }

    /// <summary>Gmail's X-GM-MSGID: one per message, whatever its labels.</summary>
    public ulong? GmailMessageId { get; internal set; }

    /// <summary>Gmail's X-GM-THRID.</summary>
    public ulong? GmailThreadId { get; internal set; }

    /// <summary>Gmail's X-GM-LABELS, decoded; without the label of the mailbox itself.</summary>
    public IReadOnlyList<string>? GmailLabels { get; internal set; }

    /// <summary>Identity of the content (RFC 8474 EMAILID).</summary>
    public string? EmailId { get; internal set; }
}
