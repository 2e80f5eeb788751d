namespace Postmill.Mail.Smtp;

/// <summary>When a delivery report is wanted: NOTIFY, RFC 3461 section 4.1. Never excludes the others.</summary>
[Flags]
public enum SmtpNotify
{
    /// <summary>Not said; servers report failures and perhaps delays.</summary>
    None = 0,

    /// <summary>No report whatever happens.</summary>
    Never = 1,

    /// <summary>On delivery.</summary>
    Success = 2,

    /// <summary>On failure.</summary>
    Failure = 4,

    /// <summary>On delay.</summary>
    Delay = 8,
}
