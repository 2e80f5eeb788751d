using System.Buffers;
using System.Net;
using System.Text;

namespace Postmill.Mail.Mime;

/// <summary>Decoded text of body parts, bounded.</summary>
internal static class BodyText
{
    // Where an HTML text may name its own charset; browsers look this far too.
    private const int HtmlCharsetWindow = 1024;

    private static readonly SearchValues<byte> LabelEnds = SearchValues.Create("\"' />;"u8);

    /// <summary>The text of a part as its charset says; HTML stays HTML.</summary>
    public static string Decode(MimePart part, int maxBytes)
    {
        var body = part.Body.Span;
        if (TransferEncodings.Of(part.Encoding) == TransferEncoding.Identity)
            return Text(part, body[..Math.Min(body.Length, maxBytes)]);
        using var decoded = new ByteBuffer(Math.Min(body.Length, maxBytes) + 16);
        MimeContent.DecodeUpTo(body, part.Encoding, decoded, maxBytes);
        return Text(part, decoded.Written[..Math.Min(decoded.Length, maxBytes)]);
    }

    /// <summary>The same for reading: HTML stripped, flowed lines joined, lines ending in LF.</summary>
    public static string Plain(MimePart part, int maxBytes)
    {
        var text = Decode(part, maxBytes);
        if (part.IsHtml)
            return HtmlText.Strip(text, maxBytes);
        var flowed = part.Parameters.TryGetValue("format", out var format) && format.Equals("flowed", StringComparison.OrdinalIgnoreCase);
        if (!flowed)
            return FlowedText.Lines(text);
        return FlowedText.Unflow(text, part.Parameters.TryGetValue("delsp", out var delSp) && delSp.Equals("yes", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The plain reading of a body; null where no part of it is plain text.</summary>
    public static string? JoinPlain(IReadOnlyList<MimePart> parts, MimeLimits limits) =>
        Join(parts, p => !p.IsHtml && IsText(p), p => Plain(p, limits.MaxBodyTextBytes), limits);

    /// <summary>The HTML reading of a body, plain parts between escaped; null where no part of it is HTML.</summary>
    public static string? JoinHtml(IReadOnlyList<MimePart> parts, MimeLimits limits) =>
        Join(parts, p => p.IsHtml, p => p.IsHtml ? Decode(p, limits.MaxBodyTextBytes) : Escape(Plain(p, limits.MaxBodyTextBytes)), limits);

    public static bool IsText(MimePart part) => part.IsText || part.IsUndivided;

    private static string? Join(IReadOnlyList<MimePart> parts, Func<MimePart, bool> counts, Func<MimePart, string> read, MimeLimits limits)
    {
        string? only = null;
        StringBuilder? joined = null;
        var counted = false;
        foreach (var part in parts)
        {
            if (!IsText(part))
                continue;
            counted |= counts(part);
            var text = read(part);
            if (only is null)
            {
                only = text;
                continue;
            }
            joined ??= new StringBuilder(only);
            if (joined.Length > 0 && joined[^1] != '\n')
                joined.Append('\n');
            joined.Append(text);
            if (joined.Length > limits.MaxBodyTextBytes)
                break;
        }
        return counted ? StorableText.Cut(joined?.ToString() ?? only!, limits.MaxBodyTextBytes) : null;
    }

    private static string Text(MimePart part, ReadOnlySpan<byte> decoded) =>
        Charsets.Decode(decoded, part.Charset ?? (part.IsHtml ? HtmlCharset(decoded) : null));

    private static string Escape(string plain) => "<pre style=\"white-space: pre-wrap\">" + WebUtility.HtmlEncode(plain) + "</pre>\n";

    // <meta charset="x"> or <meta http-equiv=… content="text/html; charset=x">
    private static string? HtmlCharset(ReadOnlySpan<byte> html)
    {
        var window = html[..Math.Min(html.Length, HtmlCharsetWindow)];
        var at = window.IndexOf("charset="u8);
        if (at < 0 || window[..at].LastIndexOf("<meta"u8) < 0)
            return null;
        var value = window[(at + 8)..].TrimStart("\"' "u8);
        var end = value.IndexOfAny(LabelEnds);
        var label = Encoding.Latin1.GetString(value[..Math.Max(end, 0)]);
        // ASCII was readable up to here, so it cannot be this one.
        return label.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) ? null : label;
    }
}
