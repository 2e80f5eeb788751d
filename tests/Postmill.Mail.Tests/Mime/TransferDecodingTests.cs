using System.Text;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>RFC 2045 section 6: decoders, in one piece and as a stream.</summary>
public sealed class TransferDecodingTests
{
    [Theory]
    [InlineData("aGVsbG8=", "hello")]
    [InlineData("aGVs\r\nbG8=\r\n", "hello")]
    [InlineData("aGVsbG8", "hello")]
    [InlineData("a!G\"V s-b*G8=", "hello")]
    [InlineData("YQ==YQ==", "aa")]
    [InlineData("aGVsbG8gd29ybGQsIGFnYWlu\r\naGVsbG8gd29ybGQsIGFnYWlu", "hello world, againhello world, again")]
    [InlineData("aGVsbG8gd29ybGQ=aGVsbG8gd29ybGQsIGFnYWlu", "hello worldhello world, again")]
    [InlineData("aGVsbG8gd29ybGQs.IGFnYWlu aGVsbG8gd29ybGQs", "hello world, againhello world,")]
    [InlineData("A", "")]
    [InlineData("====", "")]
    public void Base64_passes_over_what_it_cannot_read(string encoded, string expected) => AssertDecodes("base64", encoded, expected);

    [Theory]
    [InlineData("a=3Db", "a=b")]
    [InlineData("a=3db", "a=b")]
    [InlineData("a=\r\nb", "ab")]
    [InlineData("a=\nb", "ab")]
    [InlineData("a= \t\r\nb", "ab")]
    [InlineData("a  \t\r\nb ", "a\r\nb")]
    [InlineData("a =\r\nb", "a b")]
    [InlineData("a=20\r\nb", "a \r\nb")]
    [InlineData("a=ZZb", "a=ZZb")]
    [InlineData("a=4", "a=4")]
    [InlineData("a=", "a")]
    [InlineData("a== =3", "a== =3")]
    [InlineData("a=4=41", "a=4=41")]
    [InlineData("a= b", "a= b")]
    [InlineData("=\r\n=\r\n", "")]
    public void Quoted_printable_keeps_what_it_cannot_read(string encoded, string expected) => AssertDecodes("quoted-printable", encoded, expected);

    [Theory]
    [InlineData("begin 644 x.txt\r\n%:&5L;&\\\r\n`\r\nend\r\n", "hello")]
    [InlineData("text before\nbegin 644 x\n%:&5L;&\\\n \nend\n", "hello")]
    [InlineData("begin 644 x\n%:&5L;&\\\nend\n", "hello")]
    [InlineData("begin 644 x\n#86$ \n`\nend\n", "aa\0")]
    [InlineData("begin 644 x\n#86$\n`\nend\n", "aa\0")]
    [InlineData("no file here\n", "")]
    public void Uuencode_takes_the_first_file(string encoded, string expected) => AssertDecodes("x-uuencode", encoded, expected);

    [Theory]
    [InlineData("Content-Transfer-Encoding: BASE64", "base64")]
    [InlineData("Content-Transfer-Encoding: base64 (comment)", "base64")]
    [InlineData("Content-Transfer-Encoding: \"quoted-printable\";", "quoted-printable")]
    [InlineData("Content-Transfer-Encoding: uuencode", "x-uuencode")]
    [InlineData("Content-Transfer-Encoding: x-yenc", "x-yenc")]
    [InlineData("Content-Transfer-Encoding:", "7bit")]
    [InlineData("Subject: none", "7bit")]
    public void Encoding_names_are_folded(string field, string expected) => Assert.Equal(expected, TestMail.WithField(field).Root.Encoding);

    [Fact]
    public void Base64_is_what_MimeKit_makes_of_it_whatever_it_holds_and_however_it_is_cut()
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        string[] odd = ["\r\n", "\n", " ", "\t", "\v", "\0", "!", "-", "_", "\u00ff", "=", "==", "A=", "A", "AA"];
        for (var seed = 0; seed < 4_000; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder();
            var oddities = random.Next(12);
            for (var i = 0; i <= oddities; i++)
                text.Append(random.GetString(alphabet, random.Next(150))).Append(odd[random.Next(seed % 2 == 0 ? 10 : odd.Length)]);
            var encoded = Encoding.Latin1.GetBytes(text.ToString());
            Assert.Equal(Kit(encoded), Ours(encoded, random));
        }
    }

    private static byte[] Kit(byte[] encoded)
    {
        byte[] ended = [.. encoded, .. "==="u8];
        var (decoder, decoded) = (new MimeKit.Encodings.Base64Decoder(), new List<byte>());
        foreach (var one in ended)
        {
            var output = new byte[16];
            decoded.AddRange(output[..decoder.Decode([one], 0, 1, output)]);
        }
        return [.. decoded];
    }

    private static byte[] Ours(byte[] encoded, Random random)
    {
        var (decoder, decoded) = (new TransferDecoder("base64"), new System.Buffers.ArrayBufferWriter<byte>());
        for (int at = 0, next; at < encoded.Length; at = next)
        {
            next = Math.Min(encoded.Length, at + random.Next(1, 200));
            decoder.Feed(encoded.AsSpan(at, next - at), decoded);
        }
        decoder.Finish(decoded);
        return decoded.WrittenSpan.ToArray();
    }

    [Fact]
    public void An_unknown_encoding_is_copied() => AssertDecodes("x-yenc", "=ybegin\r\n\u00ff", "=ybegin\r\n\u00ff");

    [Fact]
    public void Random_octets_survive_base64_in_any_cut()
    {
        var random = new Random(27);
        for (var round = 0; round < 200; round++)
        {
            var octets = new byte[random.Next(0, 5_000)];
            random.NextBytes(octets);
            var options = round % 2 == 0 ? Base64FormattingOptions.InsertLineBreaks : Base64FormattingOptions.None;
            var encoded = Encoding.ASCII.GetBytes(Convert.ToBase64String(octets, options));
            Assert.Equal(octets, TestMail.Decode(encoded, "base64"));
            Assert.Equal(octets, ReadInPieces(encoded, "base64", random));
        }
    }

    [Fact]
    public void Random_octets_survive_quoted_printable_in_any_cut()
    {
        var random = new Random(28);
        for (var round = 0; round < 200; round++)
        {
            var octets = new byte[random.Next(0, 5_000)];
            random.NextBytes(octets);
            var encoded = EncodeQuotedPrintable(octets, random);
            Assert.Equal(octets, TestMail.Decode(encoded, "quoted-printable"));
            Assert.Equal(octets, ReadInPieces(encoded, "quoted-printable", random));
        }
    }

    [Theory]
    [InlineData("base64")]
    [InlineData("quoted-printable")]
    [InlineData("x-uuencode")]
    [InlineData("7bit")]
    public void Garbage_decodes_to_the_same_in_any_cut(string encoding)
    {
        var random = new Random(29);
        var alphabet = "=\r\n \t=ABCabc09+/!\u00ff`begin end\n"u8.ToArray();
        for (var round = 0; round < 300; round++)
        {
            var octets = random.GetItems(alphabet, random.Next(0, 2_000));
            Assert.Equal(TestMail.Decode(octets, encoding), ReadInPieces(octets, encoding, random));
        }
    }

    [Fact]
    public async Task A_stream_gives_what_decoding_at_once_gives()
    {
        var octets = new byte[200_000];
        new Random(30).NextBytes(octets);
        var encoded = Encoding.ASCII.GetBytes(Convert.ToBase64String(octets, Base64FormattingOptions.InsertLineBreaks));
        await using var stream = MimeContent.OpenDecoded(new MemoryStream(encoded), "base64");
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        Assert.Equal(octets, read.ToArray());
    }

    private static void AssertDecodes(string encoding, string encoded, string expected)
    {
        var octets = Encoding.Latin1.GetBytes(encoded);
        Assert.Equal(expected, Encoding.Latin1.GetString(TestMail.Decode(octets, encoding)));
        Assert.Equal(expected, Encoding.Latin1.GetString(ReadInPieces(octets, encoding, new Random(1))));
    }

    private static byte[] ReadInPieces(byte[] encoded, string encoding, Random random)
    {
        using var stream = MimeContent.OpenDecoded(new TricklingStream(encoded, random), encoding);
        using var read = new MemoryStream();
        stream.CopyTo(read);
        return read.ToArray();
    }

    private static byte[] EncodeQuotedPrintable(byte[] octets, Random random)
    {
        var encoded = new StringBuilder();
        var column = 0;
        foreach (var octet in octets)
        {
            var plain = octet is > 32 and < 127 and not (byte)'=' || (octet == ' ' && column < 60 && random.Next(2) == 0);
            encoded.Append(plain ? ((char)octet).ToString() : $"={octet:X2}");
            column += plain ? 1 : 3;
            if (column < 70)
                continue;
            encoded.Append("=\r\n");
            column = 0;
        }
        return Encoding.ASCII.GetBytes(encoded.Append("=\r\n").ToString());
    }

    /// <summary>Gives a few octets at a time.</summary>
    private sealed class TricklingStream(byte[] octets, Random random) : MemoryStream(octets)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, random.Next(1, 40))]);
    }
}
