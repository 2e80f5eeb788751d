namespace Postmill.Mail.Mime;

/// <summary>
/// Takes blanks before line ends out of quoted-printable, piece by piece (RFC 2045 section 6.7 rule 3): relays add and remove them, behind a soft line break too.
/// More of them in a row than any relay adds are kept.
/// </summary>
internal struct TrailingBlanks
{
    /// <summary>Blanks held back until it is known what follows.</summary>
    public const int MaxHeld = 256;

    private byte[]? _held;
    private int _count;
    private bool _isLong;

    /// <summary>Copies what stays; returns its length, at most that of the piece and <see cref="MaxHeld"/>.</summary>
    public int Drop(ReadOnlySpan<byte> piece, Span<byte> to)
    {
        var written = 0;
        while (!piece.IsEmpty)
        {
            var stop = piece.IndexOfAny((byte)'\r', (byte)'\n');
            var run = stop < 0 ? piece : piece[..stop];
            var text = run.TrimEnd(" \t"u8);
            if (!text.IsEmpty)
            {
                Release(to, ref written);
                Write(text, to, ref written);
            }
            Hold(run[text.Length..], to, ref written);
            if (stop < 0)
                break;
            (_count, _isLong) = (0, false);
            to[written++] = piece[stop];
            piece = piece[(stop + 1)..];
        }
        return written;
    }

    private void Release(Span<byte> to, ref int written)
    {
        Write(_held.AsSpan(0, _count), to, ref written);
        (_count, _isLong) = (0, false);
    }

    private void Hold(ReadOnlySpan<byte> blanks, Span<byte> to, ref int written)
    {
        if (_isLong || _count + blanks.Length > MaxHeld)
        {
            Release(to, ref written);
            Write(blanks, to, ref written);
            _isLong = true;
        }
        else if (!blanks.IsEmpty)
        {
            blanks.CopyTo((_held ??= new byte[MaxHeld]).AsSpan(_count));
            _count += blanks.Length;
        }
    }

    private static void Write(ReadOnlySpan<byte> octets, Span<byte> to, ref int written)
    {
        octets.CopyTo(to[written..]);
        written += octets.Length;
    }
}
