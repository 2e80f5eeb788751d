using System.Text;

namespace Postmill.Mail.Smtp.Content;

/// <summary>Counts what <see cref="ContentEncoder"/> will make of bytes that come in pieces.</summary>
internal struct ShapeMeasure
{
    private long _octets;
    private bool _hasEightBit;
    private bool _afterCr;
    private int _line;
    private int _longest;

    public void Add(ReadOnlySpan<byte> piece)
    {
        _hasEightBit = _hasEightBit || !Ascii.IsValid(piece);
        if (_afterCr && !piece.IsEmpty)
        {
            _afterCr = false;
            if (piece[0] == '\n') piece = piece[1..];
        }
        for (int end; (end = piece.IndexOfAny((byte)'\r', (byte)'\n')) >= 0;)
        {
            Grow(end);
            EndLine();
            var isCr = piece[end] == '\r';
            piece = piece[(end + 1)..];
            if (!isCr) continue;
            if (piece.IsEmpty) _afterCr = true;
            else if (piece[0] == '\n') piece = piece[1..];
        }
        Grow(piece.Length);
    }

    public SmtpShape Finish()
    {
        if (_line > 0) EndLine();
        return new SmtpShape(_octets, _hasEightBit, _longest);
    }

    // A line longer than an int can tell is too long all the same.
    private void Grow(int bytes)
    {
        _octets += bytes;
        _line = (int)Math.Min(int.MaxValue, (long)_line + bytes);
        if (_line > _longest) _longest = _line;
    }

    private void EndLine()
    {
        _octets += 2;
        _line = 0;
    }
}
