namespace Postmill.Mail.Mime;

/// <summary>A boundary line found, or the end of the message (<see cref="Level"/> -1).</summary>
internal readonly record struct BoundaryHit(int Level, bool Closing, int ContentEnd, int Next);

/// <summary>The boundaries of the multiparts being read, outermost first. The innermost match wins.</summary>
internal sealed class Boundaries(ReadOnlyMemory<byte> raw, LineEnds lines)
{
    // Transport padding after a boundary (RFC 2046 section 5.1.1) that is looked over; real relays add a few blanks.
    private const int MaxPadding = 998;

    private readonly List<byte[]> _stack = [];

    public int Count => _stack.Count;

    public void Push(byte[] boundary) => _stack.Add(boundary);

    public void Pop() => _stack.RemoveAt(_stack.Count - 1);

    /// <summary>The first boundary line at or after <paramref name="from"/>, which must be a line start. One pass, nothing is looked at twice.</summary>
    public BoundaryHit Find(int from)
    {
        var data = raw.Span;
        if (_stack.Count == 0)
            return EndOfMessage(data);
        if (TryMatch(from, out var hit))
            return hit;
        return lines.BareCr ? FindByLine(data, from) : FindByLineFeed(data, from);
    }

    /// <summary>Whether the line at <paramref name="lineStart"/> is a boundary line.</summary>
    public bool TryMatch(int lineStart, out BoundaryHit hit)
    {
        var data = raw.Span;
        hit = default;
        if (lineStart + 2 >= data.Length || data[lineStart] != '-' || data[lineStart + 1] != '-')
            return false;
        var text = data[(lineStart + 2)..];
        for (var level = _stack.Count - 1; level >= 0; level--)
        {
            var boundary = _stack[level];
            if (!text.StartsWith(boundary))
                continue;
            var rest = text[boundary.Length..];
            var closing = rest.StartsWith("--"u8);
            if (!IsPadding(closing ? rest[2..] : rest))
                continue;
            lines.End(data, lineStart, out var next);
            hit = new BoundaryHit(level, closing, LineEnds.Before(data, lineStart), next);
            return true;
        }
        return false;
    }

    private static bool IsPadding(ReadOnlySpan<byte> rest)
    {
        var window = rest[..Math.Min(rest.Length, MaxPadding)];
        var at = window.IndexOfAnyExcept((byte)' ', (byte)'\t');
        return at < 0 ? window.Length == rest.Length : rest[at] is (byte)'\r' or (byte)'\n';
    }

    private BoundaryHit FindByLineFeed(ReadOnlySpan<byte> data, int from)
    {
        while (true)
        {
            var at = data[from..].IndexOf("\n--"u8);
            if (at < 0)
                return EndOfMessage(data);
            from += at + 1;
            if (TryMatch(from, out var hit))
                return hit;
        }
    }

    private BoundaryHit FindByLine(ReadOnlySpan<byte> data, int from)
    {
        while (from < data.Length)
        {
            if (TryMatch(from, out var hit))
                return hit;
            lines.End(data, from, out from);
        }
        return EndOfMessage(data);
    }

    private static BoundaryHit EndOfMessage(ReadOnlySpan<byte> data) => new(-1, false, data.Length, data.Length);
}
