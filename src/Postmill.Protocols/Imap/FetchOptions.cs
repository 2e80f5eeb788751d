namespace Postmill.Protocols.Imap;

/// <summary>What is fetched of each message; the UID always is.</summary>
[Flags]
public enum FetchItems
{
    /// <summary>Only the UID.</summary>
    None = 0,

    /// <summary>FLAGS.</summary>
    Flags = 1,

    /// <summary>INTERNALDATE.</summary>
    InternalDate = 2,

    /// <summary>RFC822.SIZE.</summary>
    Size = 4,

    /// <summary>MODSEQ; left out when the server has no CONDSTORE.</summary>
    ModSeq = 8,

    /// <summary>BODY.PEEK[]: never RFC822, which some servers leave empty, and never setting <c>\Seen</c>.</summary>
    Body = 16,

    /// <summary>BODY.PEEK[HEADER].</summary>
    Header = 32,

    /// <summary>Gmail's X-GM-MSGID and X-GM-THRID; left out elsewhere.</summary>
    GmailIds = 64,

    /// <summary>Gmail's X-GM-LABELS; left out elsewhere.</summary>
    GmailLabels = 128,

    /// <summary>EMAILID (RFC 8474); left out when the server has no OBJECTID.</summary>
    EmailId = 256,
}

/// <summary>How messages are fetched.</summary>
public sealed record FetchOptions
{
    /// <summary>Bodies up to this many bytes come as an array.</summary>
    public int InMemoryBytes { get; init; } = 1024 * 1024;

    /// <summary>Makes the stream that takes a larger body of the given number of bytes. Null: such bodies are read and dropped, and only
    /// <see cref="ImapFetched.BodySize"/> tells of them. The stream stays the caller's: when the connection breaks inside the body,
    /// no message names it.</summary>
    public Func<long, Stream>? LargeBody { get; init; }

    /// <summary>Only messages changed after this mod-sequence (RFC 7162 CHANGEDSINCE).</summary>
    public long? ChangedSince { get; init; }

    /// <summary>With <see cref="ChangedSince"/> and enabled QRESYNC: told which of the UIDs are gone, before the first message.</summary>
    public Action<UidSet>? Vanished { get; init; }

    /// <summary>UIDs per command; null = as many as fit a command line. Smaller batches make a refusal (one poison message) cost less.</summary>
    public int? BatchUids { get; init; }

    /// <summary>Commands on their way at once, at most <see cref="ImapLimits.Pipeline"/>: while one batch is read the next is already asked.</summary>
    public int InFlight { get; init; } = 2;

    /// <summary>Told the UIDs of a batch the server refused (NO, BAD); the other batches go on. Null: the refusal is thrown at the end.</summary>
    public Action<UidSet, ImapRefusal>? Refused { get; init; }
}
