namespace Postmill.Mail.Mime;

/// <summary>Unstructured field values (RFC 5322 section 2.2.1): unfolded, RFC 2047 and RFC 6532 text decoded.</summary>
internal static class HeaderText
{
    public static string Decode(ReadOnlySpan<byte> value, MimeLimits limits, string? fallbackCharset)
    {
        value = value[..Math.Min(value.Length, limits.MaxHeaderValueBytes)].Trim(" \t\r\n"u8);
        if (value.IndexOfAny((byte)'\r', (byte)'\n') < 0)
            return EncodedWords.Decode(value, fallbackCharset);
        using var unfolded = new ByteBuffer(value.Length);
        Unfold(value, unfolded);
        return EncodedWords.Decode(unfolded.Written, fallbackCharset);
    }

    /// <summary>Without line ends, so that no decoded value can begin a field of its own; a fold is one blank, as is a CR that stood alone.</summary>
    public static void Unfold(ReadOnlySpan<byte> value, ByteBuffer to)
    {
        while (true)
        {
            var at = value.IndexOfAny((byte)'\r', (byte)'\n');
            if (at < 0)
                break;
            to.Append(value[..at]);
            var text = value[at..].IndexOfAnyExcept((byte)'\r', (byte)'\n');
            if (text < 0)
                return;
            value = value[(at + text)..];
            if (value[0] is (byte)'\t' or (byte)' ')
                value = value[1..];
            to.Append((byte)' ');
        }
        to.Append(value);
    }
}
