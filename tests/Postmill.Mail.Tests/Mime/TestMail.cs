using System.Buffers;
using System.Text;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>Mails written in the test: lines become CRLF, characters beyond U+007F stand for octets of the same number.</summary>
internal static class TestMail
{
    public static byte[] Octets(string text) =>
        Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n"));

    public static MimeMessage Parse(string text, MimeLimits? limits = null) => MimeMessage.Parse(Octets(text), limits);

    public static MimeMessage WithField(string field) => Parse(field + "\n\nbody\n");

    public static string Decoded(MimePart part)
    {
        var to = new ArrayBufferWriter<byte>();
        MimeContent.Decode(part.Body.Span, part.Encoding, to);
        return Encoding.Latin1.GetString(to.WrittenSpan);
    }

    public static byte[] Decode(byte[] octets, string encoding)
    {
        var to = new ArrayBufferWriter<byte>();
        MimeContent.Decode(octets, encoding, to);
        return to.WrittenSpan.ToArray();
    }

    public static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
