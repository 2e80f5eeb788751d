using System.Globalization;
using Microsoft.Net.Http.Headers;
using Postmill.Adapters.Postgres.Messages.Reading;

namespace Postmill.Host.Messages;

/// <summary>
/// How bytes that a stranger wrote are announced. A browser may show what cannot run; everything else it saves. The name and the type are the
/// stranger's too: both are put together by parsers, never pasted.
/// </summary>
internal static class ContentHeaders
{
    private const string Unknown = "application/octet-stream";

    // Shown at most as a picture, text or sound. Not html, svg or xml: they are programs.
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "text/plain", "application/pdf",
        "audio/mpeg", "audio/ogg", "audio/wav", "audio/mp4", "video/mp4", "video/webm", "video/ogg",
    };

    public static string Type(StoredPart part)
    {
        if (!MediaTypeHeaderValue.TryParse(part.ContentType, out var type) || type.MatchesAllTypes || type.MatchesAllSubTypes || type.Parameters.Count > 0) return Unknown;
        if (part.Charset is { } charset && charset.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '+')) type.Charset = charset;
        return type.ToString();
    }

    public static void Set(HttpResponse response, StoredPart part)
    {
        var shown = Harmless.Contains(part.ContentType) && part.Disposition != "attachment";
        Set(response, shown ? "inline" : "attachment", part.FileName ?? string.Create(CultureInfo.InvariantCulture, $"part-{part.Ordinal}"));
    }

    public static void SetAttachment(HttpResponse response, string name) => Set(response, "attachment", name);

    private static void Set(HttpResponse response, string disposition, string name)
    {
        var value = new ContentDispositionHeaderValue(disposition);
        value.SetHttpFileName(name);
        response.Headers.ContentDisposition = value.ToString();
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
    }
}
