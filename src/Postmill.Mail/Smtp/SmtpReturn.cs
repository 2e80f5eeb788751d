namespace Postmill.Mail.Smtp;

/// <summary>How much of the mail a delivery report quotes: RET, RFC 3461 section 4.3.</summary>
public enum SmtpReturn
{
    /// <summary>Not said; the reporting server decides.</summary>
    None,

    /// <summary>The whole mail, in a report of failure.</summary>
    Full,

    /// <summary>Its header only.</summary>
    Headers,
}
