using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Postmill.Mail.Mime.Writing;

/// <summary>A media type to be written (RFC 2045 section 5.1), strict: what is no token is quoted, ASCII only.</summary>
internal sealed record MediaType(string Name, IReadOnlyList<(string Name, string Value)> Parameters)
{
    private const int MostParameters = 10;

    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create([.. Enumerable.Range(33, 94).Select(c => (char)c).Where(c => !"()<>@,;:\\\"/[]?=".Contains(c))]);

    /// <summary>What is nothing else.</summary>
    public static MediaType Octets { get; } = new("application/octet-stream", []);

    public static MediaType OfChecked(string text) =>
        TryParse(text, out var type) ? type : throw new InvalidOperationException("A media type was not checked.");

    public static bool TryParse(string text, [NotNullWhen(true)] out MediaType? type)
    {
        type = null;
        var at = 0;
        var parameters = new List<(string, string)>();
        if (OutgoingText.HasControls(text) || Token(text, ref at) is not { } main || !Skip(text, '/', ref at) || Token(text, ref at) is not { } sub)
            return false;
        while (true)
        {
            SkipBlanks(text, ref at);
            if (at == text.Length)
                break;
            if (!Skip(text, ';', ref at))
                return false;
            SkipBlanks(text, ref at);
            if (at == text.Length)
                break;
            if (parameters.Count == MostParameters || Token(text, ref at) is not { } name || !Skip(text, '=', ref at) || Value(text, ref at) is not { } value)
                return false;
            // The composer names the file and parts the mail itself.
            if (!IsOurs(name))
                parameters.Add((name, value));
        }
        type = new MediaType($"{main}/{sub}".ToLowerInvariant(), parameters);
        return true;
    }

    /// <summary>Whether a parameter's value needs no quotes.</summary>
    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenChars);

    private static bool IsOurs(string name) =>
        name.Equals("name", StringComparison.OrdinalIgnoreCase) || name.Equals("boundary", StringComparison.OrdinalIgnoreCase) || name.Contains('*');

    private static string? Token(string text, ref int at)
    {
        var rest = text.AsSpan(at);
        var length = rest.IndexOfAnyExcept(TokenChars) is var end and >= 0 ? end : rest.Length;
        at += length;
        return length == 0 ? null : rest[..length].ToString();
    }

    private static string? Value(string text, ref int at)
    {
        if (!Skip(text, '"', ref at))
            return Token(text, ref at);
        var value = new StringBuilder();
        for (; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\' && ++at == text.Length)
                return null;
            value.Append(text[at]);
        }
        return Skip(text, '"', ref at) && OutgoingText.IsPrintableAscii(value.ToString()) ? value.ToString() : null;
    }

    private static bool Skip(string text, char c, ref int at)
    {
        if (at == text.Length || text[at] != c)
            return false;
        at++;
        return true;
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ')
            at++;
    }
}
