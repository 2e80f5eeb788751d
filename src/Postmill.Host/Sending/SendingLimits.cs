namespace Postmill.Host.Sending;

/// <summary>
/// Bounds of what a client may hand in to be sent. What a mail may hold beyond them the composer says; how large it may be, <c>Postmill:Sending:LargestMail</c>.
/// </summary>
internal static class SendingLimits
{
    /// <summary>Bytes of a request body: the largest mail that is composed is about as large as its attachments in JSON's base64.</summary>
    public const long BodyBytes = 48 << 20;

    /// <summary>Addresses of one field, as the public page has them.</summary>
    public const int To = 100, Cc = 50, Bcc = 50, ReplyTo = 10;

    /// <summary>Files of one mail.</summary>
    public const int Attachments = 100;

    /// <summary>Characters of a display name.</summary>
    public const int NameChars = 256;

    /// <summary>Header fields and references of the client's.</summary>
    public const int Headers = 50, References = 1_000;

    /// <summary>Characters of <c>metadata</c> as JSON; it is kept, not read.</summary>
    public const int MetadataChars = 4_096;

    /// <summary>How far ahead a mail may be handed in.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(366);
}
