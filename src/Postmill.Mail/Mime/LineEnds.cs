namespace Postmill.Mail.Mime;

/// <summary>
/// How lines of one message end: LF or CRLF, unless CR alone clearly prevails. Decided once per message, so that a stray CR in a
/// field of an ordinary mail does not begin a new field.
/// </summary>
internal readonly struct LineEnds(bool bareCr)
{
    private const int Sampled = 64 << 10;

    public bool BareCr { get; } = bareCr;

    public static LineEnds Of(ReadOnlySpan<byte> data)
    {
        var sample = data[..Math.Min(data.Length, Sampled)];
        var firstCr = sample.IndexOf((byte)'\r');
        if (firstCr < 0 || (firstCr + 1 < sample.Length && sample[firstCr + 1] == '\n'))
            return new LineEnds(false);
        var lf = sample.Count((byte)'\n');
        var lone = sample.Count((byte)'\r') - sample.Count("\r\n"u8);
        return new LineEnds(lone > lf);
    }

    /// <summary>The end of the line at <paramref name="from"/> without its line end; <paramref name="next"/> is where the next line starts.</summary>
    public int End(ReadOnlySpan<byte> data, int from, out int next)
    {
        var rest = data[from..];
        var at = BareCr ? rest.IndexOfAny((byte)'\r', (byte)'\n') : rest.IndexOf((byte)'\n');
        if (at < 0)
        {
            next = data.Length;
            return data.Length;
        }
        var end = from + at;
        next = end + 1;
        if (data[end] == '\r')
        {
            if (next < data.Length && data[next] == '\n')
                next++;
            return end;
        }
        return end > from && data[end - 1] == '\r' ? end - 1 : end;
    }

    /// <summary>The end of what stands before the line at <paramref name="lineStart"/>: the line end before it belongs to a boundary (RFC 2046 section 5.1.1).</summary>
    public static int Before(ReadOnlySpan<byte> data, int lineStart)
    {
        var end = lineStart;
        if (end > 0 && data[end - 1] == '\n')
        {
            end--;
            if (end > 0 && data[end - 1] == '\r')
                end--;
        }
        else if (end > 0 && data[end - 1] == '\r')
        {
            end--;
        }
        return end;
    }
}
