namespace Postmill.Mail.Smtp;

/// <summary>Who sends to whom, independent of what the mail's header says (RFC 5321 section 2.3.1).</summary>
/// <param name="From">Where reports go; "" for mails that must not cause any (RFC 5321 section 4.5.5).</param>
/// <param name="Recipients">At least one. More than the server takes at once are refused for now, so that the caller sends them in another transaction.</param>
public sealed record SmtpEnvelope(string From, IReadOnlyList<SmtpRecipient> Recipients)
{
    /// <summary>ENVID, RFC 3461 section 4.4: printable ASCII that reports repeat, at most 100 bytes once encoded. Silently left out where the server has no DSN.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>What reports quote. Silently left out where the server has no DSN.</summary>
    public SmtpReturn Return { get; init; }

    /// <summary>The mail's header is UTF-8 (RFC 6532). An address with such letters asks for SMTPUTF8 by itself.</summary>
    public bool NeedsUtf8 { get; init; }
}
