using System.Buffers;
using System.Buffers.Text;

namespace Postmill.Protocols.Mime;

/// <summary>
/// Base64 of RFC 2045 section 6.8 in pieces: octets outside the alphabet are passed over, missing padding is tolerated, and data that goes
/// on behind padding is read on (encoders that flush by line write that).
/// </summary>
internal struct Base64Decoder
{
    private const byte Garbage = 0xFF;
    private const byte Pad = 0xFE;
    private const int MaxWindow = 1024;
    private static readonly byte[] Values = BuildValues();

    private uint _bits;
    private int _count;

    /// <summary>The six bits of an octet of the alphabet; 64 or more for any other.</summary>
    public static byte Value(byte octet) => Values[octet];

    public void Feed(ReadOnlySpan<byte> from, IBufferWriter<byte> writer)
    {
        var to = writer.GetSpan((from.Length / 4 * 3) + 6);
        var written = 0;
        while (!from.IsEmpty)
        {
            var window = Window(from);
            if (_count == 0 && TryWholeQuanta(from[..window], to[written..], out var made))
            {
                written += made;
                window &= ~3;
            }
            else
            {
                foreach (var octet in from[..window])
                    Take(octet, to, ref written);
            }
            from = from[window..];
        }
        writer.Advance(written);
    }

    public void Finish(IBufferWriter<byte> writer)
    {
        var to = writer.GetSpan(3);
        var written = 0;
        Flush(to, ref written);
        writer.Advance(written);
    }

    // A line, or the line end before it; bounded, because a line of 100 MB must not be searched for its end again and again.
    private static int Window(ReadOnlySpan<byte> from)
    {
        var window = from[..Math.Min(from.Length, MaxWindow)];
        var line = window.IndexOfAny((byte)'\r', (byte)'\n');
        return line < 0 ? window.Length : Math.Max(line, 1);
    }

    // The common case goes through the framework's vectorised decoder. Only a line that is of the alphabet throughout: the framework has its own
    // mind about blanks and padding.
    private static bool TryWholeQuanta(ReadOnlySpan<byte> line, Span<byte> to, out int made)
    {
        made = 0;
        var length = line.Length & ~3;
        return length >= 16
            && Base64.DecodeFromUtf8(line[..length], to, out _, out made, isFinalBlock: false) == OperationStatus.Done
            && made == length / 4 * 3;
    }

    private void Take(byte octet, Span<byte> to, ref int written)
    {
        var value = Values[octet];
        if (value < 64)
        {
            _bits = (_bits << 6) | value;
            if (++_count < 4)
                return;
            to[written++] = (byte)(_bits >> 16);
            to[written++] = (byte)(_bits >> 8);
            to[written++] = (byte)_bits;
            _count = 0;
        }
        else if (value == Pad)
        {
            Flush(to, ref written);
        }
    }

    private void Flush(Span<byte> to, ref int written)
    {
        if (_count >= 2)
            to[written++] = (byte)(_bits >> ((_count * 6) - 8));
        if (_count == 3)
            to[written++] = (byte)(_bits >> 2);
        _count = 0;
    }

    private static byte[] BuildValues()
    {
        var values = new byte[256];
        Array.Fill(values, Garbage);
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;
        for (var i = 0; i < alphabet.Length; i++)
            values[alphabet[i]] = (byte)i;
        values['='] = Pad;
        return values;
    }
}
