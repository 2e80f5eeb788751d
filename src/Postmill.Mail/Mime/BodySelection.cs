namespace Postmill.Mail.Mime;

/// <summary>
/// Which parts a reader shows as the body and which are attachments: the algorithm of RFC 8621 section 4.1.4, with message/rfc822 closed and
/// control parts (signatures, reports) not called attachments.
/// </summary>
internal sealed class BodySelection
{
    private readonly List<MimePart> _attachments = [];
    private readonly List<MimePart> _text = [];
    private readonly List<MimePart> _html = [];

    private BodySelection(MimePart root) => Visit([root], root.Parent, inAlternative: false, _text, _html);

    /// <summary>Parts of the plain reading, in order; HTML among them where there is no plain alternative.</summary>
    public IReadOnlyList<MimePart> Text => _text;

    /// <summary>Parts of the HTML reading, in order; plain text among them where there is no HTML alternative.</summary>
    public IReadOnlyList<MimePart> Html => _html;

    /// <summary>Attachments, in order.</summary>
    public IReadOnlyList<MimePart> Attachments => _attachments;

    public static BodySelection Of(MimePart root) => new(root);

    private void Visit(IReadOnlyList<MimePart> parts, MimePart? container, bool inAlternative, List<MimePart>? text, List<MimePart>? html)
    {
        var alternative = container?.ContentType == "multipart/alternative";
        var (textBefore, htmlBefore) = (text?.Count ?? -1, html?.Count ?? -1);
        var first = FirstOf(parts, container);
        foreach (var part in parts)
        {
            if (part.IsMultipart && !part.IsUndivided)
                Visit(part.Children, part, inAlternative || part.ContentType == "multipart/alternative", text, html);
            else if (!IsShown(part, container, part == first))
                Attach(part, container);
            else if (alternative)
                AddAlternative(part, text, html, container);
            else
                AddShown(part, container, inAlternative, ref text, ref html);
        }
        if (alternative && text is not null && html is not null)
            Complete(text, html, textBefore, htmlBefore);
    }

    private void AddAlternative(MimePart part, List<MimePart>? text, List<MimePart>? html, MimePart? container)
    {
        if (part.IsHtml)
            html?.Add(part);
        else if (part.ContentType == "text/plain" || part.IsUndivided)
            text?.Add(part);
        else
            Attach(part, container);
    }

    // Inside an alternative's branch HTML is the HTML reading's alone, and plain text the plain reading's.
    private void AddShown(MimePart part, MimePart? container, bool inAlternative, ref List<MimePart>? text, ref List<MimePart>? html)
    {
        if (inAlternative && part.IsHtml)
            text = null;
        else if (inAlternative && BodyText.IsText(part))
            html = null;
        text?.Add(part);
        html?.Add(part);
        if (IsMedia(part))
            Attach(part, container);
    }

    // An alternative that has one kind only gives it to both readings.
    private static void Complete(List<MimePart> text, List<MimePart> html, int textBefore, int htmlBefore)
    {
        if (text.Count == textBefore && html.Count != htmlBefore)
            text.AddRange(html[htmlBefore..]);
        else if (html.Count == htmlBefore && text.Count != textBefore)
            html.AddRange(text[textBefore..]);
    }

    // The root of multipart/related may be named by its start parameter (RFC 2387 section 3.2).
    private static MimePart? FirstOf(IReadOnlyList<MimePart> parts, MimePart? container)
    {
        if (container?.ContentType == "multipart/related" && container.Parameters.TryGetValue("start", out var start))
        {
            var id = start.Trim('<', '>', ' ');
            foreach (var part in parts)
            {
                if (part.ContentId == id)
                    return part;
            }
        }
        return parts.Count > 0 ? parts[0] : null;
    }

    private static bool IsShown(MimePart part, MimePart? container, bool first)
    {
        if (part.Disposition is not (null or "inline") || !(IsBodyText(part) || IsMedia(part)))
            return false;
        return first || (container?.ContentType != "multipart/related" && (IsMedia(part) || part.FileName is null));
    }

    private static bool IsBodyText(MimePart part) => part.IsUndivided
        || (part.IsText && part.ContentType is not ("text/calendar" or "text/vcard" or "text/x-vcard" or "text/directory" or "text/csv" or "text/xml"
            or "text/css" or "text/rtf" or "text/rfc822-headers" or "text/x-amp-html" or "text/watch-html"));

    private static bool IsMedia(MimePart part) => part.ContentType.StartsWith("image/", StringComparison.Ordinal)
        || part.ContentType.StartsWith("audio/", StringComparison.Ordinal) || part.ContentType.StartsWith("video/", StringComparison.Ordinal);

    private void Attach(MimePart part, MimePart? container)
    {
        if (part.IsMultipart || !IsAttachment(part, container))
            return;
        part.IsAttachment = true;
        _attachments.Add(part);
    }

    private static bool IsAttachment(MimePart part, MimePart? container)
    {
        if (part.ContentType is "application/pgp-signature" or "application/pkcs7-signature" or "application/x-pkcs7-signature")
            return container?.ContentType != "multipart/signed";
        if (part.Disposition == "attachment")
            return true;
        if (container?.ContentType is "multipart/report" or "multipart/digest" or "multipart/encrypted" or "multipart/alternative")
            return false;
        var referenced = part.ContentId is not null && (container?.ContentType == "multipart/related" || part.Disposition == "inline");
        return !(referenced && !part.IsText);
    }
}
