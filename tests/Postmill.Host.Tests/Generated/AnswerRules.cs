using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Postmill.Host.Tests.Generated;

/// <summary>What every answer must be, whatever was asked.</summary>
internal static partial class AnswerRules
{
    private const int LongestLine = 8 * 1024; // Kestrel's MaxRequestLineSize

    /// <summary>Null, or what is wrong with it.</summary>
    public static string? Broken(string method, string path, HttpStatusCode status, string? contentType, byte[] body)
    {
        var code = (int)status;
        if (code >= 500 && !IsOfMailServer(status, body)) return $"{code}";
        if (code < 400 || method == "HEAD") return null;
        if (IsOfServer(path, status, body)) return null;
        var text = Encoding.UTF8.GetString(body);
        if (contentType != "application/json; charset=utf-8") return $"{code} of type {contentType}";
        if (Internals().IsMatch(text)) return $"{code} tells of our inside";
        return Envelope(text) is { } problem ? $"{code} {problem}" : null;
    }

    // The server reads the request line itself: a U+0000 in the path, or a line above its limit, never reaches us, and its answer is empty.
    private static bool IsOfServer(string path, HttpStatusCode status, byte[] body) => body.Length == 0 && status switch
    {
        HttpStatusCode.BadRequest => path.Split('?')[0].Contains("%00", StringComparison.Ordinal),
        HttpStatusCode.RequestUriTooLong => path.Length > LongestLine - 100,
        _ => false,
    };

    private static bool IsOfMailServer(HttpStatusCode status, byte[] body) =>
        status == HttpStatusCode.BadGateway && Encoding.UTF8.GetString(body) is var text && MailServer().IsMatch(text);

    private static string? Envelope(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.TryGetProperty("success", out var flag) ? flag.GetBoolean() : root.GetProperty("ok").GetBoolean()) return "says that it went well";
            if (!Code().IsMatch(root.GetProperty("code").GetString()!)) return "has a code that is none";
            return root.GetProperty("error").GetString() is { Length: > 0 } ? null : "has no text";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"has no envelope: {text}";
        }
    }

    [GeneratedRegex("\"code\":\"(imap_|smtp_|timeout)")]
    private static partial Regex MailServer();

    [GeneratedRegex(@"\n\s+at |Exception|Npgsql|\.cs:line|System\.|SQLSTATE")]
    private static partial Regex Internals();

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex Code();
}
