namespace Postmill.Mail.Mime.Writing;

/// <summary>Every bound of the composer. A mail beyond one is refused with the field's name, except where a bound says otherwise.</summary>
public sealed record OutgoingLimits
{
    /// <summary>The defaults.</summary>
    public static OutgoingLimits Default { get; } = new();

    /// <summary>Characters of the subject; one header line (RFC 5322 section 2.1.1).</summary>
    public int SubjectChars { get; init; } = 998;

    /// <summary>Mailboxes of one field; above what any submission server takes in one transaction.</summary>
    public int Addresses { get; init; } = 1_000;

    /// <summary>Characters of a display name; encoded it stays below what readers keep.</summary>
    public int NameChars { get; init; } = 256;

    /// <summary>Characters of a message id or content id, so that it has a line to itself.</summary>
    public int IdentifierChars { get; init; } = 900;

    /// <summary>Ids written of References; of more the first and the latest, as RFC 5322 leaves to the sender.</summary>
    public int References { get; init; } = 100;

    /// <summary>Further header fields.</summary>
    public int Headers { get; init; } = 50;

    /// <summary>Characters of a further field's name.</summary>
    public int HeaderNameChars { get; init; } = 76;

    /// <summary>Characters of a further field's value.</summary>
    public int HeaderValueChars { get; init; } = 4_000;

    /// <summary>Characters of all further fields; servers refuse large header blocks (Postfix cuts at 100 KB).</summary>
    public int HeadersChars { get; init; } = 32 << 10;

    /// <summary>Octets of the plain text, and of the HTML; what the reader gives back.</summary>
    public int TextBytes { get; init; } = 4 << 20;

    /// <summary>Attachments.</summary>
    public int Attachments { get; init; } = 100;

    /// <summary>Characters of a file name; what common file systems hold.</summary>
    public int FileNameChars { get; init; } = 255;

    /// <summary>Characters of a media type with its parameters.</summary>
    public int ContentTypeChars { get; init; } = 250;

    /// <summary>Octets of the whole mail as written; 25 MB of attachments in base64 and their text. Servers tell a smaller bound by SIZE (RFC 1870).</summary>
    public long MessageBytes { get; init; } = 40 << 20;
}
