using Postmill.Mail.Smtp.Content;

namespace Postmill.Mail.Smtp;

/// <summary>What has to be known of a content before the first word about it: it is measured once, and kept with the mail by who likes to.</summary>
/// <param name="Octets">Bytes as they are sent, dots of transparency not counted (RFC 1870 section 5): with CRLF for each bare CR or LF, and one at the end.</param>
/// <param name="HasEightBit">Whether a byte is above 127.</param>
/// <param name="LongestLine">Bytes of the longest line without its CRLF.</param>
public sealed record SmtpShape(long Octets, bool HasEightBit, int LongestLine)
{
    /// <summary>Measures a whole content.</summary>
    public static SmtpShape Of(ReadOnlySpan<byte> content)
    {
        var measure = new ShapeMeasure();
        measure.Add(content);
        return measure.Finish();
    }
}
