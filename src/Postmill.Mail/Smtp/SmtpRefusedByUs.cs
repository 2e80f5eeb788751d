namespace Postmill.Mail.Smtp;

/// <summary>Why we did not even ask the server.</summary>
public enum SmtpRefusedByUs
{
    /// <summary>No address: control characters, blanks, angle brackets, no domain, too long.</summary>
    AddressInvalid,

    /// <summary>Letters beyond ASCII in an address or in the header, and a server without SMTPUTF8 (RFC 6531).</summary>
    SmtpUtf8Unsupported,

    /// <summary>Bytes above 127 in the content, and a server without 8BITMIME (RFC 6152).</summary>
    EightBitUnsupported,

    /// <summary>A line of more than 998 bytes (RFC 5321 section 4.5.3.1.6).</summary>
    LineTooLong,

    /// <summary>More bytes than the server announced to take (SIZE, RFC 1870).</summary>
    SizeExceeded,

    /// <summary>One recipient more than the server takes in one transaction (RCPTMAX, RFC 9422); refused for now.</summary>
    TooManyRecipients,

    /// <summary>The session had as many mails as the server takes in one (MAILMAX, RFC 9422); another session may go on.</summary>
    MailsUsedUp,
}
