namespace Postmill.Mail.Mime;

/// <summary>Every bound of the MIME reader. A mail beyond a bound is read up to it and carries a <see cref="MimeDefect"/>; it is never refused.</summary>
public sealed record MimeLimits
{
    /// <summary>The defaults, generous for real mail and small against hostile mail.</summary>
    public static MimeLimits Default { get; } = new();

    /// <summary>Parts kept per message, the root included. Digests of a busy list reach some hundreds.</summary>
    public int MaxParts { get; init; } = 2_000;

    /// <summary>Levels of multipart and message/rfc822 entered; deeper ones stay opaque leaves. Bounds the reader's stack too.</summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Fields indexed per header block. Long relay chains stay under 200.</summary>
    public int MaxHeaderFields { get; init; } = 2_000;

    /// <summary>Fields indexed per message over all parts (16 octets each).</summary>
    public int MaxTotalHeaderFields { get; init; } = 20_000;

    /// <summary>Octets of one header block that are indexed; 50,000 recipients take about 2 MiB.</summary>
    public int MaxHeaderBlockBytes { get; init; } = 4 << 20;

    /// <summary>Octets of one field value that are decoded to text (address lists have their own bound).</summary>
    public int MaxHeaderValueBytes { get; init; } = 64 << 10;

    /// <summary>Addresses kept per field name.</summary>
    public int MaxAddresses { get; init; } = 2_000;

    /// <summary>Octets of one address list that are read, over all fields of one name; some 10,000 recipients, of whom <see cref="MaxAddresses"/> are kept.</summary>
    public int MaxAddressListBytes { get; init; } = 512 << 10;

    /// <summary>Message ids kept of References or In-Reply-To: the first ones and the very last (the parent).</summary>
    public int MaxReferences { get; init; } = 1_000;

    /// <summary>Characters of a message id or an address; one header line (RFC 5322 section 2.1.1).</summary>
    public int MaxIdentifierChars { get; init; } = 998;

    /// <summary>Parameters read of one Content-Type or Content-Disposition, RFC 2231 segments counted singly.</summary>
    public int MaxParameters { get; init; } = 200;

    /// <summary>Octets of one parameter value after joining its segments.</summary>
    public int MaxParameterBytes { get; init; } = 16 << 10;

    /// <summary>Octets of a boundary that is honoured (RFC 2046 allows 70; some senders exceed it).</summary>
    public int MaxBoundaryBytes { get; init; } = 998;

    /// <summary>Characters of a file name; what common file systems hold.</summary>
    public int MaxFileNameChars { get; init; } = 255;

    /// <summary>Decoded octets given by Text and by Html.</summary>
    public int MaxBodyTextBytes { get; init; } = 4 << 20;

    /// <summary>Decoded octets per text part looked at for the snippet and the search text.</summary>
    public int MaxSearchTextBytes { get; init; } = 256 << 10;

    /// <summary>Decoded octets of HTML per message looked at for the snippet and the search text, over all its parts.</summary>
    public int MaxSearchHtmlBytes { get; init; } = 1 << 20;

    /// <summary>Defects remembered per message.</summary>
    public int MaxDefects { get; init; } = 100;
}
