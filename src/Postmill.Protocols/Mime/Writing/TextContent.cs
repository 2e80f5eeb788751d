using System.Buffers;
using System.Text;

namespace Postmill.Protocols.Mime.Writing;

/// <summary>A text part: CRLF line ends, UTF-8, in the encoding that keeps it readable and 7-bit.</summary>
internal sealed class TextContent
{
    // RFC 5322 section 2.1.1, the line end not counted.
    private const int LineOctets = 998;

    private static readonly SearchValues<byte> SafeOctets =
        SearchValues.Create([.. Enumerable.Range(32, 95).Select(c => (byte)c), (byte)'\t', (byte)'\r', (byte)'\n']);

    private TextContent(byte[] octets, string encoding) => (Octets, Encoding) = (octets, encoding);

    public byte[] Octets { get; }

    public string Encoding { get; }

    public static TextContent Of(string text)
    {
        var octets = System.Text.Encoding.UTF8.GetBytes(FlowedText.Lines(StorableText.Of(text)).Replace("\n", "\r\n", StringComparison.Ordinal));
        if (IsSevenBit(octets))
            return new TextContent(octets, "7bit");
        // An escape costs two octets more, base64 a third of everything.
        var quoted = QuotedPrintableWriter.CountEscapes(octets) * 2L < octets.Length / 3;
        return new TextContent(octets, quoted ? "quoted-printable" : "base64");
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
            if (line.Length > LineOctets || line.StartsWith("From "u8))
                return false;
            if (end < 0)
                return true;
            if (octets[end] != '\r' || end + 1 == octets.Length || octets[end + 1] != '\n')
                return false;
            octets = octets[(end + 2)..];
        }
        return true;
    }

    public void Write(ByteBuffer to)
    {
        if (Encoding == "base64")
            Base64Lines.Write(Octets, first: true, to);
        else if (Encoding == "quoted-printable")
            QuotedPrintableWriter.Write(Octets, to);
        else
            to.Append(Octets);
    }
}
