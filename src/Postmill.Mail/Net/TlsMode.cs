namespace Postmill.Mail.Net;

/// <summary>How a connection to a mail server becomes encrypted (RFC 8314).</summary>
public enum TlsMode
{
    /// <summary>TLS from the first byte: ports 993 and 465.</summary>
    Implicit,

    /// <summary>Plaintext greeting, then the STARTTLS command before anything secret: ports 143 and 587.</summary>
    StartTls,

    /// <summary>No encryption. Refused unless <see cref="MailTransportOptions.AllowPlaintext"/> is set.</summary>
    None,
}
