using System.Text;

namespace Postmill.Mail.Mime;

/// <summary>
/// Finds the parts of a message in one pass over its octets (RFC 2046 section 5.1). Every multipart's boundary stays on a stack while its parts are
/// read, so an outer boundary ends all inner parts, closed or not. Recursion is bounded by MaxDepth.
/// </summary>
internal sealed class MimeStructureReader
{
    // How far into a multipart without a boundary parameter its boundary is looked for.
    private const int GuessWindow = 64 << 10;

    private readonly ReadOnlyMemory<byte> _raw;
    private readonly MimeLimits _limits;
    private readonly LineEnds _lines;
    private readonly Boundaries _boundaries;
    private readonly HeaderBlockReader _headers;
    private readonly List<MimePart> _parts = [];
    private readonly List<MimeDefect> _defects = [];

    private MimeStructureReader(ReadOnlyMemory<byte> raw, MimeLimits limits)
    {
        _raw = raw;
        _limits = limits;
        _lines = LineEnds.Of(raw.Span);
        _boundaries = new Boundaries(raw, _lines);
        _headers = new HeaderBlockReader(raw, _lines, limits, Note);
    }

    /// <summary>The parts, depth first, and what was wrong on the way.</summary>
    public static (List<MimePart> Parts, List<MimeDefect> Defects) Read(ReadOnlyMemory<byte> raw, MimeLimits limits)
    {
        var reader = new MimeStructureReader(raw, limits);
        if (reader._lines.BareCr)
            reader.Note(MimeDefectKind.BareCarriageReturn, 0);
        var mark = raw.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
        reader.ReadEntity(mark, null, "text/plain", 0);
        return (reader._parts, reader._defects);
    }

    private BoundaryHit ReadEntity(int start, MimePart? parent, string defaultType, int depth)
    {
        var fields = _headers.Read(start, _boundaries, out var bodyStart, out var stopped);
        var headers = new MimeHeaders(_raw, fields, _limits);
        var contentType = ParameterizedValue.Read(headers.FirstRaw("Content-Type").Span, _limits);
        var part = new MimePart(_raw, parent, headers, contentType, TypeOf(contentType, defaultType, start), start, _limits);
        _parts.Add(part);
        var hit = stopped ?? ReadBody(part, contentType, bodyStart, depth);
        part.SetRanges(bodyStart, hit.ContentEnd);
        return hit;
    }

    private BoundaryHit ReadBody(MimePart part, ParameterizedValue contentType, int bodyStart, int depth)
    {
        if (!part.IsMultipart && !part.IsMessage)
            return _boundaries.Find(bodyStart);
        if (depth >= _limits.MaxDepth)
        {
            Note(MimeDefectKind.NestingTooDeep, bodyStart);
            return _boundaries.Find(bodyStart);
        }
        if (part.IsMultipart)
            return ReadMultipart(part, contentType, bodyStart, depth);
        if (TransferEncodings.Of(part.Encoding) != TransferEncoding.Identity)
        {
            Note(MimeDefectKind.EncodedMessage, bodyStart);
            return _boundaries.Find(bodyStart);
        }
        if (_parts.Count >= _limits.MaxParts || bodyStart >= _raw.Length || _boundaries.TryMatch(bodyStart, out _))
            return _boundaries.Find(bodyStart);
        return ReadEntity(bodyStart, part, "text/plain", depth + 1);
    }

    private BoundaryHit ReadMultipart(MimePart part, ParameterizedValue contentType, int bodyStart, int depth)
    {
        if (BoundaryOf(contentType, bodyStart) is not { } boundary)
        {
            part.IsUndivided = true;
            return _boundaries.Find(bodyStart);
        }
        var childType = part.ContentType == "multipart/digest" ? "message/rfc822" : "text/plain";
        var level = _boundaries.Count;
        _boundaries.Push(boundary);
        var hit = _boundaries.Find(bodyStart);
        if (hit.Level != level)
        {
            part.IsUndivided = true;
            Note(MimeDefectKind.BoundaryNotFound, bodyStart);
        }
        while (hit.Level == level && !hit.Closing)
        {
            if (_parts.Count < _limits.MaxParts)
            {
                hit = ReadEntity(hit.Next, part, childType, depth + 1);
                continue;
            }
            Note(MimeDefectKind.TooManyParts, hit.Next);
            hit = _boundaries.Find(hit.Next);
        }
        _boundaries.Pop();
        if (hit.Level == level)
            return _boundaries.Find(hit.Next);
        if (!part.IsUndivided)
            Note(MimeDefectKind.BoundaryNotClosed, bodyStart);
        return hit;
    }

    private byte[]? BoundaryOf(ParameterizedValue contentType, int bodyStart)
    {
        var declared = contentType.Octets("boundary").AsSpan().TrimEnd(" \t"u8);
        if (!declared.IsEmpty && declared.Length <= _limits.MaxBoundaryBytes)
            return declared.ToArray();
        Note(MimeDefectKind.BoundaryMissing, bodyStart);
        return GuessBoundary(bodyStart);
    }

    // A line "--x" right before a Content- field can hardly be anything but a boundary.
    private byte[]? GuessBoundary(int bodyStart)
    {
        var data = _raw.Span[..Math.Min(_raw.Length, bodyStart + GuessWindow)];
        var at = bodyStart;
        while (at < data.Length)
        {
            var end = _lines.End(data, at, out var next);
            var line = data[at..end].TrimEnd(" \t"u8);
            var follows = data[next..];
            if (line.Length > 2 && line.Length <= _limits.MaxBoundaryBytes && line.StartsWith("--"u8) && follows.Length > 8
                && Ascii.EqualsIgnoreCase(follows[..8], "content-"u8) && !_boundaries.TryMatch(at, out _))
                return line[2..].ToArray();
            at = next;
        }
        return null;
    }

    private string TypeOf(ParameterizedValue contentType, string defaultType, int start)
    {
        var value = contentType.Value;
        if (value.Length == 0)
            return defaultType;
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && slash < value.Length - 1)
            return value;
        Note(MimeDefectKind.ContentTypeMalformed, start);
        return value.Trim('/') switch
        {
            "text" => "text/plain",
            "html" => "text/html",
            "multipart" => "multipart/mixed",
            "message" => "message/rfc822",
            _ => contentType.Parameters.ContainsKey("name") ? "application/octet-stream" : "text/plain",
        };
    }

    private void Note(MimeDefectKind kind, int offset)
    {
        if (_defects.Count < _limits.MaxDefects && (_defects.Count == 0 || _defects[^1].Kind != kind || kind is not MimeDefectKind.TooManyParts))
            _defects.Add(new MimeDefect(kind, offset));
    }
}
