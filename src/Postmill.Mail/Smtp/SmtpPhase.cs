namespace Postmill.Mail.Smtp;

/// <summary>How far a mail had come, in the order of RFC 5321 section 3.3.</summary>
public enum SmtpPhase
{
    /// <summary>Nothing was said to the server yet.</summary>
    Check,

    /// <summary>MAIL FROM, and RSET before it when the session needed one.</summary>
    Mail,

    /// <summary>RCPT TO.</summary>
    Rcpt,

    /// <summary>DATA, until its 354.</summary>
    Data,

    /// <summary>The content and the reply to its end.</summary>
    Content,
}
