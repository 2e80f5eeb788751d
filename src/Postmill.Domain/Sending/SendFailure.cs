namespace Postmill.Domain.Sending;

/// <summary>Why a mail was not sent: a code for programs, and a text for a person that holds no secret.</summary>
public sealed record SendFailure(string Code, string Text)
{
    public const string AuthFailed = "smtp_auth_failed";
    public const string Unreachable = "smtp_unreachable";
    public const string TlsFailed = "smtp_tls_failed";
    public const string ProtocolError = "smtp_protocol_error";
    public const string TimedOut = "timeout";

    /// <summary>The connection was lost before the server had the mail.</summary>
    public const string Disconnected = "smtp_disconnected";

    /// <summary>A 4xx of the server.</summary>
    public const string Deferred = "smtp_deferred";

    /// <summary>The server asks for less: 421, 454 and their like.</summary>
    public const string Throttled = "smtp_throttled";

    /// <summary>A 5xx of the server.</summary>
    public const string Rejected = "smtp_rejected";

    /// <summary>Larger than the server announces to take.</summary>
    public const string TooLarge = "size_exceeded";

    /// <summary>An address needs SMTPUTF8 (RFC 6531) and the server does not have it.</summary>
    public const string NeedsUtf8 = "smtputf8_unsupported";

    /// <summary>The mail itself cannot go out: an address or a line that the protocol forbids, content that was deleted.</summary>
    public const string Unsendable = "unsendable";

    /// <summary>The recipient is on the user's suppression list.</summary>
    public const string Suppressed = "recipient_suppressed";

    /// <summary>Lost after the final dot.</summary>
    public const string OutcomeUnknown = "outcome_unknown";

    /// <summary>Some recipients were refused while others got the mail.</summary>
    public const string SomeRefused = "recipients_refused";
}
