using System.Buffers;

namespace Postmill.Mail.Mime;

/// <summary>Reads one header block (RFC 5322 section 2.2) into field ranges; line by line, each line looked at once, plus one line ahead after junk.</summary>
internal sealed class HeaderBlockReader(ReadOnlyMemory<byte> raw, LineEnds lines, MimeLimits limits, Action<MimeDefectKind, int>? defect)
{
    private static readonly SearchValues<byte> NameOctets = SearchValues.Create(
        [.. Enumerable.Range(33, 94).Where(c => c != ':').Select(c => (byte)c)]);

    private readonly List<FieldRange> _fields = [];
    private int _left = limits.MaxTotalHeaderFields;
    private FieldRange _open;
    private bool _hasOpen;

    /// <summary>
    /// Reads the block at <paramref name="start"/>. <paramref name="bodyStart"/> is behind the blank line, or at the first line that cannot be a
    /// header line, or at a boundary line (then <paramref name="hit"/> is set).
    /// </summary>
    public FieldRange[] Read(int start, Boundaries? boundaries, out int bodyStart, out BoundaryHit? hit)
    {
        _fields.Clear();
        _hasOpen = false;
        hit = null;
        var data = raw.Span;
        var at = start;
        while (at < data.Length)
        {
            if (data[at] == '-' && boundaries is not null && boundaries.TryMatch(at, out var boundary))
            {
                hit = boundary;
                break;
            }
            var end = lines.End(data, at, out var next);
            if (end == at)
            {
                at = next;
                break;
            }
            if (data[at] is (byte)' ' or (byte)'\t' && at != start)
                Extend(end);
            else if (TryField(data, at, end, out var field))
                Add(field, start);
            else if (!IsMailboxMarker(data, at, start) && !Skippable(data, at, next))
                break;
            at = next;
        }
        Close();
        bodyStart = at;
        return [.. _fields];
    }

    /// <summary>A field name, blanks tolerated before the colon (RFC 5322 section 4.5).</summary>
    internal static bool TryField(ReadOnlySpan<byte> data, int at, int end, out FieldRange field)
    {
        field = default;
        var line = data[at..end];
        var name = line.IndexOfAnyExcept(NameOctets);
        if (name <= 0)
            return false;
        var colon = line[name..].IndexOfAnyExcept((byte)' ', (byte)'\t');
        if (colon < 0 || line[name + colon] != ':')
            return false;
        var value = at + name + colon + 1;
        field = new FieldRange(at, name, value, end - value);
        return true;
    }

    // "From x Mon Jan 1 ..." of an mbox, or the ">From " some stores leave behind.
    private static bool IsMailboxMarker(ReadOnlySpan<byte> data, int at, int start) =>
        at == start && (data[at..].StartsWith("From "u8) || data[at..].StartsWith(">From "u8));

    private bool Skippable(ReadOnlySpan<byte> data, int at, int next)
    {
        var followed = next < data.Length && TryField(data, next, lines.End(data, next, out _), out _);
        defect?.Invoke(followed ? MimeDefectKind.HeaderWithoutColon : MimeDefectKind.HeaderWithoutBlankLine, at);
        Close();
        return followed;
    }

    private void Extend(int end)
    {
        if (_hasOpen)
            _open = _open with { ValueLength = end - _open.ValueStart };
    }

    private void Add(FieldRange field, int start)
    {
        Close();
        if (_left == 0 || _fields.Count == limits.MaxHeaderFields || field.ValueStart - start > limits.MaxHeaderBlockBytes)
        {
            defect?.Invoke(MimeDefectKind.HeadersTooLarge, field.NameStart);
            return;
        }
        _left--;
        _open = field;
        _hasOpen = true;
    }

    private void Close()
    {
        if (!_hasOpen)
            return;
        var length = Math.Min(_open.ValueLength, limits.MaxHeaderBlockBytes);
        _fields.Add(_open with { ValueLength = length });
        _hasOpen = false;
    }
}
