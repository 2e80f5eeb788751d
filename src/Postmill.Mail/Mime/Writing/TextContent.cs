using System.Buffers;
using System.Text;
using MimeKit.IO;
using MimeKit.IO.Filters;
using Kit = MimeKit;

namespace Postmill.Mail.Mime.Writing;

/// <summary>A text part as it goes out: CRLF line ends, UTF-8, in the encoding that keeps it readable and 7-bit.</summary>
/// <param name="Octets">Its octets, encoded.</param>
/// <param name="Encoding">The encoding they are in.</param>
internal sealed record TextContent(byte[] Octets, Kit.ContentEncoding Encoding)
{
    private static readonly SearchValues<byte> SafeOctets =
        SearchValues.Create([.. Enumerable.Range(32, 95).Select(c => (byte)c), (byte)'\t', (byte)'\r', (byte)'\n']);

    /// <summary>Encodes a text.</summary>
    /// <param name="text">Any text, any line ends.</param>
    /// <param name="isWhole">Whether it is all of the mail: then its last line has an end (RFC 5321 section 2.3.8), even an empty one.</param>
    public static TextContent Of(string text, bool isWhole)
    {
        var octets = System.Text.Encoding.UTF8.GetBytes(FlowedText.Lines(StorableText.Of(text)).Replace("\n", "\r\n", StringComparison.Ordinal));
        if (IsSevenBit(octets))
            return new TextContent(isWhole && !octets.AsSpan().EndsWith("\r\n"u8) ? [.. octets, .. "\r\n"u8] : octets, Kit.ContentEncoding.SevenBit);
        var encoding = Best(octets);
        using var encoded = new MemoryStream(octets.Length * 2);
        using var filtered = new FilteredStream(encoded);
        filtered.Add(EncoderFilter.Create(encoding));
        // "From " at a line's start is changed by mailbox files (RFC 2049 section 3), and with it a signature.
        filtered.Add(new ArmoredFromFilter());
        filtered.Add(new Unix2DosFilter());
        filtered.Write(octets);
        filtered.Flush();
        return new TextContent(encoded.ToArray(), encoding);
    }

    /// <summary>Whether octets pass every server and mailbox unencoded: lines of ASCII ended by CRLF, none too long or taken for the start of a mail.</summary>
    public static bool IsSevenBit(ReadOnlySpan<byte> octets)
    {
        if (octets.ContainsAnyExcept(SafeOctets))
            return false;
        while (!octets.IsEmpty)
        {
            var end = octets.IndexOfAny((byte)'\r', (byte)'\n');
            var line = end < 0 ? octets : octets[..end];
            if (line.Length > WireFormat.LineOctets || line.StartsWith("From "u8))
                return false;
            if (end < 0)
                return true;
            if (octets[end] != '\r' || end + 1 == octets.Length || octets[end + 1] != '\n')
                return false;
            octets = octets[(end + 2)..];
        }
        return true;
    }

    private static Kit.ContentEncoding Best(byte[] octets)
    {
        var best = new BestEncodingFilter();
        best.Flush(octets, 0, octets.Length, out _, out _);
        return best.GetBestEncoding(Kit.EncodingConstraint.SevenBit) == Kit.ContentEncoding.Base64 ? Kit.ContentEncoding.Base64 : Kit.ContentEncoding.QuotedPrintable;
    }
}
