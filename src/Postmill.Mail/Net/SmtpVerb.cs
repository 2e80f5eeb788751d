namespace Postmill.Mail.Net;

/// <summary>What a reply of an SMTP server answers.</summary>
public enum SmtpVerb
{
    /// <summary>Nothing: the server speaks first.</summary>
    Greeting,

    /// <summary>EHLO, AUTH and its lines, NOOP, RSET, and whatever else has no limit of its own.</summary>
    Other,

    /// <summary>MAIL FROM.</summary>
    Mail,

    /// <summary>RCPT TO.</summary>
    Rcpt,

    /// <summary>DATA.</summary>
    Data,

    /// <summary>The final dot.</summary>
    Content,

    /// <summary>QUIT.</summary>
    Quit,
}
