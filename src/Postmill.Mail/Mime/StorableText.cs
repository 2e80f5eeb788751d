namespace Postmill.Mail.Mime;

/// <summary>Text a database takes: no U+0000, no lone surrogate (PostgreSQL refuses both); each becomes U+FFFD.</summary>
internal static class StorableText
{
    private const char Replacement = '\uFFFD';

    public static string Of(string text) => IsStorable(text) ? text : string.Create(text.Length, text, Repair);

    public static string Of(ReadOnlySpan<char> text) => Of(text.ToString());

    /// <summary>At most <paramref name="maxChars"/> characters; a surrogate pair is never cut in two.</summary>
    public static string Cut(string text, int maxChars)
    {
        if (text.Length <= maxChars)
            return text;
        if (maxChars <= 0)
            return "";
        var end = char.IsHighSurrogate(text[maxChars - 1]) ? maxChars - 1 : maxChars;
        return text[..end];
    }

    public static bool IsStorable(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0'))
            return false;
        while (true)
        {
            var at = text.IndexOfAnyInRange('\uD800', '\uDFFF');
            if (at < 0)
                return true;
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                return false;
            text = text[(at + 2)..];
        }
    }

    private static void Repair(Span<char> to, string from)
    {
        for (var i = 0; i < from.Length; i++)
        {
            var c = from[i];
            if (c == '\0')
            {
                to[i] = Replacement;
            }
            else if (!char.IsSurrogate(c))
            {
                to[i] = c;
            }
            else if (i + 1 < from.Length && char.IsSurrogatePair(c, from[i + 1]))
            {
                to[i] = c;
                to[i + 1] = from[i + 1];
                i++;
            }
            else
            {
                to[i] = Replacement;
            }
        }
    }
}
