namespace Postmill.Mail.Mime.Writing;

/// <summary>What strings may hold that end up in a header.</summary>
internal static class OutgoingText
{
    /// <summary>CR, LF, U+0000, tabs, any other C0 control, DEL: what could end a field or hide in it.</summary>
    public static bool HasControls(ReadOnlySpan<char> text) => text.IndexOfAnyInRange('\0', '\u001F') >= 0 || text.Contains('\u007F');

    /// <summary>Blanks and what is printable in ASCII.</summary>
    public static bool IsPrintableAscii(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange(' ', '~') < 0;

    /// <summary>Printable ASCII that no reader takes for an encoded word (RFC 2047 section 7).</summary>
    public static bool IsPlain(string text) => IsPrintableAscii(text) && !text.Contains("=?", StringComparison.Ordinal);

    /// <summary>An id of RFC 5322 section 3.6.4 without its brackets. Tolerant inside: an answer must name what a stranger wrote.</summary>
    public static bool IsIdentifier(string id, int mostChars) =>
        id.Length > 0 && id.Length <= mostChars && id.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0 && !id.AsSpan().ContainsAny('<', '>');

    public static string WithoutBrackets(string id)
    {
        var trimmed = id.Trim(' ');
        return trimmed.StartsWith('<') && trimmed.EndsWith('>') ? trimmed[1..^1] : trimmed;
    }

    /// <summary>Printable ASCII as a quoted string (RFC 5322 section 3.2.4).</summary>
    public static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
