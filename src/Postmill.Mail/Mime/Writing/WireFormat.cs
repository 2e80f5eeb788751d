using Kit = MimeKit;

namespace Postmill.Mail.Mime.Writing;

/// <summary>How MimeKit writes for us, whatever the platform: CRLF line ends, header lines folded at 78 columns, no UTF-8 but in addresses.</summary>
internal static class WireFormat
{
    /// <summary>Columns at which header lines are folded (RFC 5322 section 2.1.1).</summary>
    public const int Columns = 78;

    /// <summary>Columns of a line with encoded words (RFC 2047 section 2).</summary>
    public const int EncodedWordColumns = 76;

    /// <summary>Octets of a line, its end not counted (RFC 5322 section 2.1.1).</summary>
    public const int LineOctets = 998;

    /// <summary>Never changed after this; any number of mails are written with it at once.</summary>
    public static Kit.FormatOptions Options { get; } = new() { NewLineFormat = Kit.NewLineFormat.Dos, MaxLineLength = Columns };
}
