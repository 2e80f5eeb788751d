using System.Buffers;
using Kit = MimeKit.Encodings;

namespace Postmill.Protocols.Mime;

/// <summary>
/// One Content-Transfer-Encoding (RFC 2045 section 6) undone piece by piece by MimeKit's decoders; the result does not depend on how the input is cut.
/// Ours are the end of base64 without padding, which MimeKit leaves out, the blanks before a line end in quoted-printable, which it keeps, and uuencode.
/// </summary>
internal sealed class TransferDecoder(string encoding)
{
    /// <summary>Octets fed at once, which bounds what one step asks of the writer.</summary>
    public const int MaxPiece = 32 << 10;

    // What a decoder may hold back of the piece before, and then some.
    private const int Slack = 16;

    private readonly TransferEncoding _encoding = TransferEncodings.Of(encoding);
    private readonly Kit.IMimeDecoder _decoder = TransferEncodings.Of(encoding) == TransferEncoding.Base64 ? new Kit.Base64Decoder() : new Kit.QuotedPrintableDecoder();
    private TrailingBlanks _blanks;
    private UuDecoder _uu;

    public void Feed(ReadOnlySpan<byte> from, IBufferWriter<byte> to)
    {
        while (!from.IsEmpty)
        {
            var piece = from[..Math.Min(from.Length, MaxPiece)];
            from = from[piece.Length..];
            if (_encoding == TransferEncoding.Base64)
                Decode(piece, to);
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
