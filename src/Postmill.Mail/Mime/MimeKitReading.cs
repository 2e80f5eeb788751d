using System.Text;
using MimeKit;

namespace Postmill.Mail.Mime;

/// <summary>How MimeKit reads values for us. Whoever calls it asks here, so that the code pages are known to it before it looks for one.</summary>
internal static class MimeKitReading
{
    private const int Windows1252 = 1252;

    static MimeKitReading()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Options = new ParserOptions
        {
            // "a..b@c" and "a.@c" are in daily use; groups are taken apart before MimeKit, which would recurse into them.
            AddressParserComplianceMode = RfcComplianceMode.Looser,
            MaxAddressGroupDepth = 0,
            // Lists are taken apart before too; what is left of commas stands in encoded words, whose quotes MimeKit would take out.
            AllowUnquotedCommasInAddresses = false,
            CharsetEncoding = Encoding.GetEncoding(Windows1252),
        };
    }

    /// <summary>Never changed.</summary>
    public static ParserOptions Options { get; }
}
