using System.Buffers;
using System.Security.Cryptography;

namespace Postmill.Protocols.Dkim;

/// <summary>
/// SHA-256 of a body in relaxed form (RFC 6376 section 3.4.4), fed in pieces: blanks at line ends dropped, runs of them one blank, empty lines at the end
/// dropped, the last line ended.
/// </summary>
internal sealed class RelaxedBodyHash : IDisposable
{
    private const int BufferBytes = 8 << 10;

    private static readonly SearchValues<byte> Special = SearchValues.Create(" \t\r"u8);

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _buffered;
    private bool _any;
    private bool _cr;
    private bool _blank;
    private long _lineEnds;

    public void Append(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            if (_cr && EndsLine(ref octets))
                continue;
            var stop = octets.IndexOfAny(Special);
            if (stop != 0)
                Text(stop < 0 ? octets : octets[..stop]);
            if (stop < 0)
                return;
            _cr = octets[stop] == '\r';
            _blank |= !_cr;
            octets = octets[(stop + 1)..];
        }
    }

    public byte[] Finish()
    {
        if (_cr)
            Text("\r"u8);
        // A body without a line is no line, not an empty one.
        if (_any)
            Put("\r\n"u8);
        _hash.AppendData(_buffer, 0, _buffered);
        return _hash.GetHashAndReset();
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _hash.Dispose();
    }

    // Whether the CR before was a line's end; a lone one is text.
    private bool EndsLine(ref ReadOnlySpan<byte> octets)
    {
        _cr = false;
        if (octets[0] != '\n')
        {
            Text("\r"u8);
            return false;
        }
        _lineEnds++;
        _blank = false;
        octets = octets[1..];
        return true;
    }

    // What was held back counts now that something follows it.
    private void Text(ReadOnlySpan<byte> octets)
    {
        for (; _lineEnds > 0; _lineEnds--)
            Put("\r\n"u8);
        if (_blank)
            Put(" "u8);
        (_any, _blank) = (true, false);
        Put(octets);
    }

    private void Put(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > BufferBytes - _buffered)
        {
            _hash.AppendData(_buffer, 0, _buffered);
            _buffered = 0;
        }
        if (octets.Length > BufferBytes)
        {
            _hash.AppendData(octets);
            return;
        }
        octets.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += octets.Length;
    }
}
