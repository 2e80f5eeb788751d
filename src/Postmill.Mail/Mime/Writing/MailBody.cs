using Kit = MimeKit;

namespace Postmill.Mail.Mime.Writing;

/// <summary>
/// The parts of a mail (RFC 2045 section 2.4) in the shape readers agree on: mixed(alternative(plain, related(html, pictures)), files), each level only
/// where it has more than one part. MimeKit's BodyBuilder makes the same shape, but draws ids for pictures and boundaries.
/// </summary>
internal sealed class MailBody
{
    private readonly List<(Kit.MimePart Part, OutgoingContent Content)> _files = [];
    private readonly List<Kit.Multipart> _multiparts = [];
    private readonly List<ReadOnlyMemory<byte>> _unencoded = [];

    /// <summary>Makes the parts. The files among them have their octets from <see cref="Attach"/> on.</summary>
    public MailBody(OutgoingMessage message, string messageId)
    {
        Root = RootOf(message);
        var stem = Boundary.Stem(messageId, _unencoded);
        // Outer ones were made last.
        for (var i = 0; i < _multiparts.Count; i++)
            _multiparts[i].Boundary = $"{stem}.{_multiparts.Count - i}";
    }

    /// <summary>The outermost part.</summary>
    public Kit.MimeEntity Root { get; }

    /// <summary>Octets that the files add in base64 (RFC 2045 section 6.8): four for three, and a line end for each 76.</summary>
    public long FileOctets => _files.Sum(file => InBase64(file.Content.Length));

    /// <summary>Whether no file must be opened.</summary>
    public bool IsInMemory => _files.TrueForAll(file => file.Content.InMemory);

    /// <summary>Gives the files their octets, after which the mail may be written any number of times.</summary>
    public void Attach()
    {
        foreach (var (part, content) in _files)
            part.Content = new PartContent(content, Kit.ContentEncoding.Default);
    }

    private static long InBase64(long octets)
    {
        const int LineColumns = 76;
        var columns = (octets + 2) / 3 * 4;
        return columns + ((columns + LineColumns - 1) / LineColumns * 2);
    }

    private Kit.MimeEntity RootOf(OutgoingMessage message)
    {
        var isWhole = message.Attachments.Count == 0 && (message.Text is null || message.Html is null);
        var text = message.Text is { } plain ? Text("plain", plain, isWhole) : null;
        var html = message.Html is { } marked ? Text("html", marked, isWhole) : null;
        var pictures = new List<Kit.MimeEntity>();
        var files = new List<Kit.MimeEntity>();
        foreach (var attachment in message.Attachments)
            (attachment is { Inline: true, ContentId: not null } && html is not null ? pictures : files).Add(File(attachment));
        Kit.MimeEntity? shown = html is null || pictures.Count == 0 ? html : Several("related", [html, .. pictures]);
        Kit.MimeEntity? body = text is null || shown is null ? text ?? shown : Several("alternative", [text, shown]);
        if (files.Count == 0)
            return body ?? Text("plain", "", isWhole: true);
        // A mail of one file alone stays a multipart: a reader that meets an attachment as the whole mail shows nothing.
        return Several("mixed", body is null ? files : [body, .. files]);
    }

    private Kit.Multipart Several(string subtype, IEnumerable<Kit.MimeEntity> parts)
    {
        var multipart = new Kit.Multipart(subtype);
        if (subtype == "related")
            multipart.ContentType.Parameters.Insert(0, new Kit.Parameter("type", "text/html"));
        foreach (var part in parts)
            multipart.Add(part);
        _multiparts.Add(multipart);
        return multipart;
    }

    private Kit.MimePart Text(string subtype, string text, bool isWhole)
    {
        var content = TextContent.Of(text, isWhole);
        return Written(new Kit.ContentType("text", subtype) { Charset = "utf-8" }, content.Octets, content.Encoding);
    }

    private Kit.MimePart File(OutgoingAttachment attachment)
    {
        var type = MediaType.OfChecked(attachment.ContentType);
        var name = attachment.FileName is { } given ? FileNames.Safe(StorableText.Of(given), MimeLimits.Default) ?? "attachment" : null;
        var isMessage = type.Name.StartsWith("message/", StringComparison.Ordinal);
        var octets = attachment.Content.InMemory ? attachment.Content.Octets : default;
        var isVerbatim = isMessage && attachment.Content.InMemory && TextContent.IsSevenBit(octets.Span);
        var part = isVerbatim
            ? Written(new Kit.ContentType("message", "rfc822"), octets, Kit.ContentEncoding.SevenBit)
            : Written(new Kit.ContentType("application", "octet-stream"), default, Kit.ContentEncoding.Base64);
        part.Headers.Replace(FileNameField.Type(isMessage && !isVerbatim ? MediaType.Octets : type, name));
        if (attachment.ContentId is { } id)
            part.Headers.Add(MailHeader.Ids("Content-ID", [id]));
        part.Headers.Add(FileNameField.Disposition(attachment.Inline ? "inline" : "attachment", name));
        if (!isVerbatim)
            _files.Add((part, attachment.Content));
        return part;
    }

    private Kit.MimePart Written(Kit.ContentType type, ReadOnlyMemory<byte> octets, Kit.ContentEncoding encoding)
    {
        if (encoding == Kit.ContentEncoding.SevenBit)
            _unencoded.Add(octets);
        return new Kit.MimePart(type) { ContentTransferEncoding = encoding, Content = new PartContent(OutgoingContent.Of(octets), encoding) };
    }
}
