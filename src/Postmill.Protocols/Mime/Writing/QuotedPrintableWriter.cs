namespace Postmill.Protocols.Mime.Writing;

/// <summary>Quoted-printable of text with CRLF line ends (RFC 2045 section 6.7), lines of at most 76.</summary>
internal static class QuotedPrintableWriter
{
    private const int Columns = 76;

    public static void Write(ReadOnlySpan<byte> text, ByteBuffer to)
    {
        var column = 0;
        Span<byte> escape = stackalloc byte[3];
        escape[0] = (byte)'=';
        for (var i = 0; i < text.Length; i++)
        {
            if (IsLineEnd(text, i))
            {
                to.Append("\r\n"u8);
                column = 0;
                i++;
                continue;
            }
            var literal = IsLiteral(text, i, column);
            // The last column is kept for the "=" of a soft line end.
            if (column + (literal ? 1 : 3) > Columns - 1)
            {
                to.Append("=\r\n"u8);
                column = 0;
                literal = IsLiteral(text, i, column);
            }
            if (literal)
            {
                to.Append(text[i]);
                column++;
                continue;
            }
            Convert.TryToHexString(text.Slice(i, 1), escape[1..], out _);
            to.Append(escape);
            column += 3;
        }
    }

    /// <summary>Octets that do not stand for themselves; what the choice of an encoding is made from.</summary>
    public static int CountEscapes(ReadOnlySpan<byte> text)
    {
        var escapes = 0;
        foreach (var octet in text)
            escapes += octet is (< (byte)' ' and not (byte)'\t' and not (byte)'\r' and not (byte)'\n') or >= 0x7F or (byte)'=' ? 1 : 0;
        return escapes;
    }

    private static bool IsLineEnd(ReadOnlySpan<byte> text, int at) => text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n';

    private static bool IsLiteral(ReadOnlySpan<byte> text, int at, int column) => text[at] switch
    {
        // Relays cut blanks at line ends.
        (byte)' ' or (byte)'\t' => at + 1 < text.Length && !IsLineEnd(text, at + 1),
        // "From " and a lone dot at a line's start are changed by mailbox files and careless relays (RFC 2049 section 3).
        (byte)'F' => column > 0 || !text[at..].StartsWith("From "u8),
        (byte)'.' => column > 0,
        (byte)'=' => false,
        var octet => octet is > 32 and < 127,
    };
}
