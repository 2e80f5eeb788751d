namespace Postmill.Mail.Smtp.Content;

/// <summary>
/// Content as it goes on the wire. CR or LF alone become CRLF: a server that ends lines at them would read commands out of the content
/// (SMTP smuggling). A line that begins with a dot gets another one (RFC 5321 section 4.5.2). The last line is ended.
/// </summary>
internal struct ContentEncoder()
{
    /// <summary>Most bytes that <see cref="Finish"/> writes.</summary>
    public const int FinishBytes = 5;

    // Most bytes that one step writes before it looks for room again.
    private const int StepBytes = 2;

    private bool _insideLine;
    private bool _afterCr;

    /// <summary>Encodes until the input is used up or the output has no room.</summary>
    public void Encode(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        consumed = written = 0;
        if (_afterCr && !input.IsEmpty)
        {
            _afterCr = false;
            if (input[0] == '\n') consumed = 1;
        }
        while (consumed < input.Length && output.Length - written >= StepBytes)
        {
            if (!_insideLine && input[consumed] == '.') output[written++] = (byte)'.';
            var rest = input[consumed..];
            var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
            var run = Math.Min(end < 0 ? rest.Length : end, output.Length - written);
            rest[..run].CopyTo(output[written..]);
            consumed += run;
            written += run;
            _insideLine |= run > 0;
            if (run != end || output.Length - written < StepBytes) continue;
            consumed += LineEndLength(rest[end..]);
            written += EndLine(output[written..]);
        }
    }

    /// <summary>Ends the last line and the content.</summary>
    public int Finish(Span<byte> output)
    {
        var written = _insideLine ? EndLine(output) : 0;
        ".\r\n"u8.CopyTo(output[written..]);
        return written + 3;
    }

    private int LineEndLength(ReadOnlySpan<byte> from)
    {
        if (from[0] == '\n') return 1;
        if (from.Length > 1) return from[1] == '\n' ? 2 : 1;
        _afterCr = true;
        return 1;
    }

    private int EndLine(Span<byte> output)
    {
        "\r\n"u8.CopyTo(output);
        _insideLine = false;
        return 2;
    }
}
