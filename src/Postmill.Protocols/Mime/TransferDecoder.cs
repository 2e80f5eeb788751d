using System.Buffers;

namespace Postmill.Protocols.Mime;

/// <summary>One Content-Transfer-Encoding (RFC 2045 section 6) undone piece by piece; the result does not depend on how the input is cut.</summary>
internal struct TransferDecoder(string encoding)
{
    /// <summary>Octets fed at once, which bounds what one step asks of the writer.</summary>
    public const int MaxPiece = 32 << 10;

    private readonly TransferEncoding _encoding = TransferEncodings.Of(encoding);
    private Base64Decoder _base64;
    private QuotedPrintableDecoder _quotedPrintable;
    private UuDecoder _uu;

    public void Feed(ReadOnlySpan<byte> from, IBufferWriter<byte> to)
    {
        while (!from.IsEmpty)
        {
            var piece = from[..Math.Min(from.Length, MaxPiece)];
            from = from[piece.Length..];
            if (_encoding == TransferEncoding.Base64)
                _base64.Feed(piece, to);
            else if (_encoding == TransferEncoding.QuotedPrintable)
                _quotedPrintable.Feed(piece, to);
            else if (_encoding == TransferEncoding.Uuencode)
                _uu.Feed(piece, to);
            else
                to.Write(piece);
        }
    }

    public void Finish(IBufferWriter<byte> to)
    {
        if (_encoding == TransferEncoding.Base64)
            _base64.Finish(to);
        else if (_encoding == TransferEncoding.QuotedPrintable)
            _quotedPrintable.Finish(to);
    }
}
