using System.Text;

namespace Postmill.Mail.Smtp;

/// <summary>One line of a reply: <c>250-text</c> when more follow, <c>250 text</c> or a bare <c>250</c> when it is the last.</summary>
internal readonly record struct SmtpReplyLine(int Code, bool IsLast, string Text)
{
    private const int CodeDigits = 3;

    /// <summary>Null when the bytes are no reply line. The text is UTF-8 (RFC 6531 section 3.5); what is not, is replaced.</summary>
    public static SmtpReplyLine? Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length < CodeDigits || line[0] is < (byte)'2' or > (byte)'5') return null;
        if (!char.IsAsciiDigit((char)line[1]) || !char.IsAsciiDigit((char)line[2])) return null;
        var code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
        if (line.Length == CodeDigits) return new SmtpReplyLine(code, IsLast: true, "");
        if (line[CodeDigits] is not ((byte)' ' or (byte)'-')) return null;
        return new SmtpReplyLine(code, line[CodeDigits] == ' ', Encoding.UTF8.GetString(line[(CodeDigits + 1)..]));
    }
}
