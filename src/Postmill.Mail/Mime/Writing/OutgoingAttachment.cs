namespace Postmill.Mail.Mime.Writing;

/// <summary>A file that goes with a mail (RFC 2183).</summary>
/// <param name="Content">Its octets.</param>
public sealed record OutgoingAttachment(OutgoingContent Content)
{
    /// <summary>The name it is shown with; what is no part of a plain name (folders, controls, turned direction) is left out. Null for none.</summary>
    public string? FileName { get; init; }

    /// <summary>
    /// Its media type, parameters allowed. A message/* type goes unencoded where its octets are lines of ASCII in memory, as RFC 2046 section 5.2.1
    /// wants it, and as application/octet-stream otherwise. multipart/* is refused.
    /// </summary>
    public string ContentType { get; init; } = "application/octet-stream";

    /// <summary>What the HTML calls it by as <c>cid:…</c> (RFC 2392), with or without angle brackets.</summary>
    public string? ContentId { get; init; }

    /// <summary>Whether it is shown inside the text. With a <see cref="ContentId"/> and an HTML text it becomes a part of multipart/related.</summary>
    public bool Inline { get; init; }
}
