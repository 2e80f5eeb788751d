namespace Postmill.Mail.Mime;

internal enum TransferEncoding
{
    Identity,
    Base64,
    QuotedPrintable,
    Uuencode,
}

/// <summary>Names of Content-Transfer-Encodings, the misspelt ones folded.</summary>
internal static class TransferEncodings
{
    public static TransferEncoding Of(string encoding) => Normal(encoding) switch
    {
        "base64" => TransferEncoding.Base64,
        "quoted-printable" => TransferEncoding.QuotedPrintable,
        "x-uuencode" => TransferEncoding.Uuencode,
        _ => TransferEncoding.Identity,
    };

    /// <summary>The lower case name; an unknown one is kept as it is.</summary>
    public static string Normal(string encoding)
    {
        var name = encoding.Trim().ToLowerInvariant();
        return name switch
        {
            "" or "7" or "7-bit" or "7 bit" or "7bits" => "7bit",
            "8" or "8-bit" or "8 bit" or "8bits" => "8bit",
            "base-64" or "base 64" or "b64" or "b" => "base64",
            "quoted printable" or "quoted_printable" or "quotedprintable" or "qp" or "q" => "quoted-printable",
            "uuencode" or "x-uue" or "uue" or "x-uu" => "x-uuencode",
            _ => name,
        };
    }
}
