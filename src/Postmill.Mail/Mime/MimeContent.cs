using System.Buffers;

namespace Postmill.Mail.Mime;

/// <summary>Content of parts, decoded on demand (RFC 2045 section 6). None of it throws on any octets.</summary>
public static class MimeContent
{
    /// <summary>
    /// Undoes a Content-Transfer-Encoding. Base64 passes over what is not of its alphabet, quoted-printable keeps what is malformed, uuencode takes
    /// the first file, an unknown encoding is copied. Asks the writer for at most some 2 MiB at once.
    /// </summary>
    /// <param name="encodedBody">The octets of a part's body as they stand in the message.</param>
    /// <param name="encoding">The encoding's name, as <see cref="MimePart.Encoding"/> gives it.</param>
    /// <param name="to">Receives the decoded octets.</param>
    public static void Decode(ReadOnlySpan<byte> encodedBody, string encoding, IBufferWriter<byte> to)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        ArgumentNullException.ThrowIfNull(to);
        var decoder = new TransferDecoder(encoding);
        decoder.Feed(encodedBody, to);
        decoder.Finish(to);
    }

    /// <summary>A forward-only decoded view over <paramref name="encodedBody"/>, which it owns; buffers some 16 KiB. Same result as <see cref="Decode"/>.</summary>
    public static Stream OpenDecoded(Stream encodedBody, string encoding)
    {
        ArgumentNullException.ThrowIfNull(encodedBody);
        ArgumentNullException.ThrowIfNull(encoding);
        return new DecodingStream(encodedBody, encoding);
    }

    /// <summary>
    /// Text of decoded octets. No label, an unknown one, or us-ascii over 8-bit text: UTF-8 if it is that, else windows-1252. Labels are taken as the
    /// superset senders mean (gb2312 as gb18030, iso-8859-1 as windows-1252, ks_c_5601-1987 as cp949); UTF-7 is read too. The text never holds
    /// U+0000 or a lone surrogate.
    /// </summary>
    public static string DecodeText(ReadOnlySpan<byte> decoded, string? charset) => Charsets.Decode(decoded, charset);

    /// <summary>The first <paramref name="maxBytes"/> decoded octets (a little more, up to one piece).</summary>
    internal static void DecodeUpTo(ReadOnlySpan<byte> body, string encoding, ByteBuffer to, int maxBytes)
    {
        var decoder = new TransferDecoder(encoding);
        while (!body.IsEmpty && to.Length < maxBytes)
        {
            var piece = body[..Math.Min(body.Length, TransferDecoder.MaxPiece)];
            body = body[piece.Length..];
            decoder.Feed(piece, to);
        }
        if (body.IsEmpty)
            decoder.Finish(to);
    }
}
