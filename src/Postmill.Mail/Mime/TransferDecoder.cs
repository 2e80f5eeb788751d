using System.Buffers;
using System.Buffers.Text;
using Kit = MimeKit.Encodings;

namespace Postmill.Mail.Mime;

/// <summary>
/// One Content-Transfer-Encoding (RFC 2045 section 6) undone piece by piece by MimeKit's decoders; the result does not depend on how the input is cut.
/// Clean stretches of base64 are the framework's. Ours are the end of base64 without padding, which MimeKit leaves out, the blanks before a line end in quoted-printable, which it keeps, and uuencode.
/// </summary>
internal sealed class TransferDecoder(string encoding)
{
    /// <summary>Octets fed at once, which bounds what one step asks of the writer.</summary>
    public const int MaxPiece = 32 << 10;

    // What a decoder may hold back of the piece before, and then some.
    private const int Slack = 16;

    // Octets of base64 that MimeKit is given at least where the framework's decoder stops, so that odd input is not tried at every octet.
    private const int Stretch = 64;

    private static readonly SearchValues<byte> Sextets =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    // With the padding.
    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    private readonly TransferEncoding _encoding = TransferEncodings.Of(encoding);
    private readonly Kit.IMimeDecoder _decoder = TransferEncodings.Of(encoding) == TransferEncoding.Base64 ? new Kit.Base64Decoder() : new Kit.QuotedPrintableDecoder();
    private TrailingBlanks _blanks;
    private UuDecoder _uu;
    private int _sextets;
    private bool _padded;

    public void Feed(ReadOnlySpan<byte> from, IBufferWriter<byte> to)
    {
        while (!from.IsEmpty)
        {
            var piece = from[..Math.Min(from.Length, MaxPiece)];
            from = from[piece.Length..];
            if (_encoding == TransferEncoding.Base64)
                DecodeBase64(piece, to);
            else if (_encoding == TransferEncoding.QuotedPrintable)
                DecodeQuotedPrintable(piece, to);
            else if (_encoding == TransferEncoding.Uuencode)
                _uu.Feed(piece, to);
            else
                to.Write(piece);
        }
    }

    public void Finish(IBufferWriter<byte> to)
    {
        if (_encoding == TransferEncoding.Base64)
            Decode("==="u8, to);
        else if (_encoding == TransferEncoding.QuotedPrintable)
            FinishQuotedPrintable(to);
    }

    // MimeKit keeps "=X" back for a second digit: what it holds shows before the next octet.
    private void FinishQuotedPrintable(IBufferWriter<byte> to)
    {
        var held = new byte[Slack];
        if (_decoder.Decode("."u8.ToArray(), 0, 1, held) == 3)
            to.Write(held.AsSpan(0, 2));
    }

    // Four octets that are whole leave nothing in MimeKit's decoder. Behind padding all is MimeKit's. The framework's decoder gets no blanks: within four
    // octets that are not whole it counts them as read.
    private void DecodeBase64(ReadOnlySpan<byte> piece, IBufferWriter<byte> to)
    {
        while (!piece.IsEmpty)
        {
            var clean = _sextets == 0 && !_padded ? CleanStretch(ref piece) : 0;
            if (clean > 0)
            {
                _ = Base64.DecodeFromUtf8(piece[..clean], to.GetSpan(clean), out _, out var written, isFinalBlock: false);
                to.Advance(written);
                piece = piece[clean..];
                continue;
            }
            var odd = piece[..(_padded ? piece.Length : OddStretch(piece))];
            Decode(odd, to);
            piece = piece[odd.Length..];
        }
    }

    // Passes over what is not of the alphabet; answers how many octets from there on are whole fours of it.
    private static int CleanStretch(ref ReadOnlySpan<byte> piece)
    {
        var start = piece.IndexOfAny(Alphabet);
        piece = start < 0 ? [] : piece[start..];
        var end = piece.IndexOfAnyExcept(Sextets);
        return (end < 0 ? piece.Length : end) & ~3;
    }

    // Up to where four octets are whole again; all from the first padding on.
    private int OddStretch(ReadOnlySpan<byte> piece)
    {
        for (var at = 0; at < piece.Length; at++)
        {
            if (at >= Stretch && _sextets == 0)
                return at;
            _padded |= piece[at] == '=';
            if (_padded)
                return piece.Length;
            _sextets = (_sextets + (Sextets.Contains(piece[at]) ? 1 : 0)) % 4;
        }
        return piece.Length;
    }

    private void DecodeQuotedPrintable(ReadOnlySpan<byte> piece, IBufferWriter<byte> to)
    {
        var kept = ArrayPool<byte>.Shared.Rent(piece.Length + TrailingBlanks.MaxHeld);
        Decode(kept.AsSpan(0, _blanks.Drop(piece, kept)), to);
        ArrayPool<byte>.Shared.Return(kept);
    }

    private void Decode(ReadOnlySpan<byte> piece, IBufferWriter<byte> to)
    {
        var input = ArrayPool<byte>.Shared.Rent(piece.Length);
        var output = ArrayPool<byte>.Shared.Rent(_decoder.EstimateOutputLength(piece.Length) + Slack);
        piece.CopyTo(input);
        to.Write(output.AsSpan(0, _decoder.Decode(input, 0, piece.Length, output)));
        ArrayPool<byte>.Shared.Return(input);
        ArrayPool<byte>.Shared.Return(output);
    }
}
