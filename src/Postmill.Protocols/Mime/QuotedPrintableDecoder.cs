using System.Buffers;

namespace Postmill.Protocols.Mime;

/// <summary>
/// Quoted-printable of RFC 2045 section 6.7 in pieces: lower case hex and bare LF accepted, a broken "=" kept as it stands, blanks at a line
/// end removed (rule 3) unless there are more of them than any transport adds.
/// </summary>
internal struct QuotedPrintableDecoder
{
    private const int MaxHeldBlanks = 256;
    private static readonly SearchValues<byte> Special = SearchValues.Create("=\r\n"u8);

    private enum State { Text, Equals, Hex, SoftBlanks, SoftCr }

    private State _state;
    private byte _high;
    private byte[]? _blanks;
    private int _held;
    private bool _longRun;

    public void Feed(ReadOnlySpan<byte> from, IBufferWriter<byte> to)
    {
        while (!from.IsEmpty)
        {
            if (_state == State.Text)
                from = FeedText(from, to);
            else if (FeedEscape(from[0], to))
                from = from[1..];
        }
    }

    public void Finish(IBufferWriter<byte> to)
    {
        if (_state == State.Hex)
            to.Write([(byte)'=', _high]);
        _state = State.Text;
        _held = 0;
    }

    private ReadOnlySpan<byte> FeedText(ReadOnlySpan<byte> from, IBufferWriter<byte> to)
    {
        var stop = from.IndexOfAny(Special);
        var run = stop < 0 ? from : from[..stop];
        var content = run.LastIndexOfAnyExcept((byte)' ', (byte)'\t') + 1;
        if (content > 0)
        {
            FlushBlanks(to);
            to.Write(run[..content]);
        }
        HoldBlanks(run[content..], to);
        if (stop < 0)
            return [];
        if (from[stop] == '=')
        {
            FlushBlanks(to);
            _state = State.Equals;
        }
        else
        {
            DropBlanks();
            to.Write(from.Slice(stop, 1));
        }
        return from[(stop + 1)..];
    }

    // Returns whether the octet was used; if not it is read again as text.
    private bool FeedEscape(byte octet, IBufferWriter<byte> to)
    {
        switch (_state)
        {
            case State.Equals when char.IsAsciiHexDigit((char)octet):
                (_state, _high) = (State.Hex, octet);
                return true;
            case State.Equals or State.SoftBlanks when octet is (byte)' ' or (byte)'\t':
                return HoldSoftBlank(octet, to);
            case State.Equals or State.SoftBlanks when octet == '\r':
                DropBlanks();
                _state = State.SoftCr;
                return true;
            case State.Equals or State.SoftBlanks when octet == '\n':
                DropBlanks();
                _state = State.Text;
                return true;
            case State.SoftCr:
                _state = State.Text;
                return octet == '\n';
            case State.Hex when Hex.TryOctet(_high, octet, out var value):
                to.Write([value]);
                _state = State.Text;
                return true;
            case State.Hex:
                to.Write([(byte)'=', _high]);
                _state = State.Text;
                return false;
            default:
                to.Write("="u8);
                FlushBlanks(to);
                _state = State.Text;
                return false;
        }
    }

    private bool HoldSoftBlank(byte blank, IBufferWriter<byte> to)
    {
        if (_held == MaxHeldBlanks)
        {
            to.Write("="u8);
            FlushBlanks(to);
            _state = State.Text;
            return false;
        }
        _state = State.SoftBlanks;
        HoldBlanks([blank], to);
        return true;
    }

    private void HoldBlanks(ReadOnlySpan<byte> blanks, IBufferWriter<byte> to)
    {
        if (blanks.IsEmpty)
            return;
        if (_longRun || _held + blanks.Length > MaxHeldBlanks)
        {
            FlushBlanks(to);
            to.Write(blanks);
            _longRun = true;
            return;
        }
        _blanks ??= new byte[MaxHeldBlanks];
        blanks.CopyTo(_blanks.AsSpan(_held));
        _held += blanks.Length;
    }

    private void FlushBlanks(IBufferWriter<byte> to)
    {
        if (_held > 0)
            to.Write(_blanks.AsSpan(0, _held));
        DropBlanks();
    }

    private void DropBlanks() => (_held, _longRun) = (0, false);
}
