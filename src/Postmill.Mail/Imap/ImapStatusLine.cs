using System.Text;
using Postmill.Mail.Net;

namespace Postmill.Mail.Imap;

internal enum ImapCondition
{
    Ok,
    No,
    Bad,
    Bye,
    PreAuth,
}

/// <summary>A status response (RFC 9051 §7.1), tagged or not: condition, response code, text.</summary>
internal sealed record ImapStatusLine(ImapCondition Condition, string? Code, string CodeArguments, string Text)
{
    private const int MaxCodeLength = 64;

    public bool IsOk => Condition is ImapCondition.Ok;

    /// <summary>Parses a whole response, tagged or not; null when it is not a status.</summary>
    public static ImapStatusLine? OfResponse(byte[]? response)
    {
        var tagEnd = response.AsSpan().IndexOf((byte)' ');
        return tagEnd < 0 ? null : TryParse(response.AsSpan(tagEnd).TrimEnd("\r\n"u8));
    }

    /// <summary>Parses what follows the tag, or null when it is not a status.</summary>
    public static ImapStatusLine? TryParse(ReadOnlySpan<byte> line)
    {
        line = line.TrimStart((byte)' ');
        var wordEnd = line.IndexOf((byte)' ');
        var word = wordEnd < 0 ? line : line[..wordEnd];
        if (ConditionOf(word) is not { } condition) return null;
        var rest = (wordEnd < 0 ? default : line[wordEnd..]).TrimStart((byte)' ');
        if (rest is not [(byte)'[', ..]) return new ImapStatusLine(condition, null, "", ServerText.Clean(rest));
        var close = CodeEnd(rest);
        if (close < 0) return new ImapStatusLine(condition, null, "", ServerText.Clean(rest));
        var inside = Encoding.Latin1.GetString(rest[1..close]);
        var blank = inside.IndexOf(' ', StringComparison.Ordinal);
        var code = blank < 0 ? inside : inside[..blank];
        if (code.Length is 0 or > MaxCodeLength) code = "OTHER";
        return new ImapStatusLine(condition, code.ToUpperInvariant(), blank < 0 ? "" : inside[(blank + 1)..], ServerText.Clean(rest[(close + 1)..]));
    }

    // PERMANENTFLAGS may hold a keyword with "]"; a code's end is the first "]" outside parentheses and quotes.
    private static int CodeEnd(ReadOnlySpan<byte> text)
    {
        var depth = 0;
        var quoted = false;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"' && text[i - 1] != '\\') quoted = !quoted;
            else if (quoted) continue;
            else if (text[i] == '(') depth++;
            else if (text[i] == ')') depth--;
            else if (text[i] == ']' && depth <= 0) return i;
        }
        return text.IndexOf((byte)']');
    }

    private static ImapCondition? ConditionOf(ReadOnlySpan<byte> word)
    {
        if (Ascii.EqualsIgnoreCase(word, "OK"u8)) return ImapCondition.Ok;
        if (Ascii.EqualsIgnoreCase(word, "NO"u8)) return ImapCondition.No;
        if (Ascii.EqualsIgnoreCase(word, "BAD"u8)) return ImapCondition.Bad;
        if (Ascii.EqualsIgnoreCase(word, "BYE"u8)) return ImapCondition.Bye;
        return Ascii.EqualsIgnoreCase(word, "PREAUTH"u8) ? ImapCondition.PreAuth : null;
    }
}
