namespace Postmill.Mail.Mime;

/// <summary>An entry of an address list that MimeKit does not read: a bare name, a name beside an address without brackets, brackets around something else.</summary>
internal static class LooseAddress
{
    private static readonly char[] Blanks = [' ', '\t'];

    /// <summary>Name and address of an unfolded entry; either may be empty. The one word with an @ is the address, a lone word a local mailbox.</summary>
    public static (string Name, string Address) Read(ReadOnlySpan<byte> entry, string? fallbackCharset)
    {
        if (Bracket(entry) is >= 0 and var open)
        {
            var address = entry[(open + 1)..];
            var local = address.StartsWith("\""u8) ? Math.Max(0, MailAddresses.EndOfQuoted(address, 0)) : 0;
            var close = address[local..].IndexOfAny((byte)'>', (byte)'<');
            return (Name(entry[..open], fallbackCharset), Address(close < 0 ? address : address[..(local + close)]));
        }
        var at = entry.LastIndexOf((byte)'@');
        if (at < 0)
            return entry.IndexOfAny(" \t\""u8) < 0 && entry.IndexOf("=?"u8) < 0 ? ("", Address(entry)) : (Name(entry, fallbackCharset), "");
        var start = entry[..at].LastIndexOfAny((byte)' ', (byte)'\t') + 1;
        var length = entry[start..].IndexOfAny((byte)' ', (byte)'\t') is >= 0 and var end ? end : entry.Length - start;
        if (length < 3 || entry[start] == '@' || entry[start + length - 1] == '@')
            return ("", Address(entry));
        byte[] others = [.. entry[..start], .. entry[(start + length)..]];
        return (Name(others, fallbackCharset).Trim(' ', '(', ')'), Address(entry.Slice(start, length)));
    }

    private static int Bracket(ReadOnlySpan<byte> entry)
    {
        for (var at = 0; entry[at..].IndexOfAny((byte)'"', (byte)'<') is >= 0 and var found;)
        {
            at += found;
            if (entry[at] == '<')
                return at;
            var end = MailAddresses.EndOfQuoted(entry, at);
            // A quote that is never closed hides no bracket.
            if (end < 0)
                return entry[at..].IndexOf((byte)'<') is >= 0 and var behind ? at + behind : -1;
            at = end;
        }
        return -1;
    }

    // Quotes and escapes go, but not within encoded words.
    private static string Name(ReadOnlySpan<byte> words, string? fallbackCharset)
    {
        using var unquoted = new ByteBuffer(words.Length);
        var terminator = -1;
        for (var i = 0; i < words.Length; i++)
        {
            if (EncodedWords.End(words, i, ref terminator) is > 0 and var end)
                i = Copy(words, i, end, unquoted);
            else if (words[i] == '\\' && i + 1 < words.Length)
                unquoted.Append(words[++i]);
            else if (words[i] != '"')
                unquoted.Append(words[i]);
        }
        return EncodedWords.Decode(unquoted.Written, fallbackCharset).Trim();
    }

    private static int Copy(ReadOnlySpan<byte> words, int from, int end, ByteBuffer to)
    {
        to.Append(words[from..end]);
        return end - 1;
    }

    // Without blanks and the obsolete source route (RFC 5322 section 4.4).
    private static string Address(ReadOnlySpan<byte> spec)
    {
        spec = spec.Trim(" \t"u8);
        if (spec.StartsWith("@"u8) && spec.IndexOf((byte)':') is > 0 and var route)
            spec = spec[(route + 1)..];
        if (spec.StartsWith("=?"u8))
            return EncodedWords.Decode(spec, null).Trim();
        return string.Concat(Charsets.DecodeUndeclared(spec).Split(Blanks));
    }
}
