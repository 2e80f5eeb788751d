namespace Postmill.Mail.Mime;

/// <summary>What was wrong with a message.</summary>
public enum MimeDefectKind
{
    /// <summary>A line in a header block that is neither a field nor a continuation; it was passed over.</summary>
    HeaderWithoutColon,

    /// <summary>The header block ran into text without a blank line.</summary>
    HeaderWithoutBlankLine,

    /// <summary>Lines end in CR alone.</summary>
    BareCarriageReturn,

    /// <summary>A multipart names no boundary; it was guessed from the body where possible.</summary>
    BoundaryMissing,

    /// <summary>The boundary of a multipart never occurs in its body.</summary>
    BoundaryNotFound,

    /// <summary>A multipart is not closed.</summary>
    BoundaryNotClosed,

    /// <summary>A Content-Type that is not type/subtype.</summary>
    ContentTypeMalformed,

    /// <summary>A message/rfc822 in an encoding RFC 2046 forbids; it is kept as a leaf.</summary>
    EncodedMessage,

    /// <summary>More parts than the limit; the rest are not listed.</summary>
    TooManyParts,

    /// <summary>Deeper nesting than the limit; the deepest part is opaque.</summary>
    NestingTooDeep,

    /// <summary>More header fields or octets than the limit.</summary>
    HeadersTooLarge,
}

/// <summary>One thing wrong in a message.</summary>
/// <param name="Kind">What.</param>
/// <param name="Offset">Where, in octets from the start of the message.</param>
public readonly record struct MimeDefect(MimeDefectKind Kind, long Offset);
