namespace Postmill.Mail.Smtp;

/// <summary>One recipient of the envelope, RFC 5321 section 4.1.1.3.</summary>
/// <param name="Address"><c>local@domain</c> without angle brackets. A domain with other letters than ASCII needs a server with SMTPUTF8; without it, give the A-labels.</param>
public sealed record SmtpRecipient(string Address)
{
    /// <summary>Asked for where the server has DSN, silently left out where not.</summary>
    public SmtpNotify Notify { get; init; }

    /// <summary>ORCPT, RFC 3461 section 4.2: the address that the sender wrote, quoted by reports. Left out when it does not fit into 500 bytes or the server has no DSN.</summary>
    public string? OriginalRecipient { get; init; }
}
