using System.Buffers;

namespace Postmill.Mail.Mime;

/// <summary>uuencode as mail carries it ("begin 644 name" … "end"), in pieces. Lines whose trailing blanks were cut off are filled up with zero bits.</summary>
internal struct UuDecoder
{
    private const int MaxOctetsPerLine = 63;

    private enum State { Seeking, SkipLine, LineStart, Data, Done }

    private State _state;
    private int _matched;
    private int _due;
    private uint _bits;
    private int _count;

    public void Feed(ReadOnlySpan<byte> from, IBufferWriter<byte> writer)
    {
        var to = writer.GetSpan((from.Length * 3 / 4) + 4 + ((from.Count((byte)'\n') + from.Count((byte)'\r')) * MaxOctetsPerLine));
        var written = 0;
        foreach (var octet in from)
        {
            switch (_state)
            {
                case State.Seeking:
                    Seek(octet);
                    break;
                case State.LineStart:
                    StartLine(octet);
                    break;
                case State.Data:
                    Take(octet, to, ref written);
                    break;
                case State.SkipLine when octet is (byte)'\n' or (byte)'\r':
                    _state = State.LineStart;
                    break;
                default:
                    break;
            }
        }
        writer.Advance(written);
    }

    private void Seek(byte octet)
    {
        var begin = "begin "u8;
        if (octet is (byte)'\n' or (byte)'\r')
            _matched = 0;
        else if (_matched >= 0 && octet == begin[_matched])
            _matched++;
        else
            _matched = -1;
        if (_matched == begin.Length)
            _state = State.SkipLine;
    }

    private void StartLine(byte octet)
    {
        if (octet is (byte)'\n' or (byte)'\r')
            return;
        _due = (octet - ' ') & 63;
        (_bits, _count) = (0, 0);
        if (octet == 'e' || _due == 0)
            _state = State.Done;
        else
            _state = octet is < (byte)' ' or > (byte)'`' ? State.SkipLine : State.Data;
    }

    private void Take(byte octet, Span<byte> to, ref int written)
    {
        if (octet is (byte)'\n' or (byte)'\r')
        {
            while (_due > 0)
                Push(0, to, ref written);
            _state = State.LineStart;
            return;
        }
        Push((uint)(octet - ' ') & 63, to, ref written);
        if (_due == 0)
            _state = State.SkipLine;
    }

    private void Push(uint value, Span<byte> to, ref int written)
    {
        _bits = (_bits << 6) | value;
        if (++_count < 4)
            return;
        for (var shift = 16; shift >= 0 && _due > 0; shift -= 8, _due--)
            to[written++] = (byte)(_bits >> shift);
        (_bits, _count) = (0, 0);
    }
}
