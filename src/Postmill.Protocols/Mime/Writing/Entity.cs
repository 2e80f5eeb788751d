namespace Postmill.Protocols.Mime.Writing;

/// <summary>A part to be written (RFC 2045 section 2.4).</summary>
internal abstract record Entity
{
    /// <summary>A text/plain or text/html body.</summary>
    internal sealed record Text(string Subtype, TextContent Content) : Entity;

    /// <summary>A file; verbatim where it is a message that needs no encoding.</summary>
    internal sealed record File(OutgoingAttachment Source, MediaType Type, bool Verbatim) : Entity;

    /// <summary>A multipart.</summary>
    internal sealed record Multipart(string Subtype, IReadOnlyList<Entity> Parts) : Entity;

    /// <summary>
    /// The shape readers agree on: mixed(alternative(plain, related(html, pictures)), files), each level only where it has more than one part.
    /// </summary>
    public static Entity Of(OutgoingMessage message)
    {
        var pictures = new List<Entity>();
        var files = new List<Entity>();
        foreach (var attachment in message.Attachments)
            (attachment is { Inline: true, ContentId: not null } && message.Html is not null ? pictures : files).Add(FileOf(attachment));
        var text = message.Text is null ? null : new Text("plain", TextContent.Of(message.Text));
        var html = message.Html is null ? null : Several("related", [new Text("html", TextContent.Of(message.Html)), .. pictures]);
        var body = (text, html) switch
        {
            (null, null) => null,
            (null, not null) => html,
            (not null, null) => text,
            _ => new Multipart("alternative", [text, html]),
        };
        if (files.Count == 0)
            return body ?? new Text("plain", TextContent.Of(""));
        // A mail of one file alone stays a multipart: a reader that meets an attachment as the whole mail shows nothing.
        return new Multipart("mixed", body is null ? files : [body, .. files]);
    }

    private static Entity Several(string subtype, IReadOnlyList<Entity> parts) => parts.Count == 1 ? parts[0] : new Multipart(subtype, parts);

    private static File FileOf(OutgoingAttachment attachment)
    {
        var type = MediaType.OfChecked(attachment.ContentType);
        if (!type.Name.StartsWith("message/", StringComparison.Ordinal))
            return new File(attachment, type, Verbatim: false);
        return attachment.Content.InMemory && TextContent.IsSevenBit(attachment.Content.Octets.Span)
            ? new File(attachment, type, Verbatim: true)
            : new File(attachment, new MediaType("application/octet-stream", []), Verbatim: false);
    }
}
