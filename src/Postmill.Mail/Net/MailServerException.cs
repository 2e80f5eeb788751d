namespace Postmill.Mail.Net;

/// <summary>The one exception with which the IMAP and SMTP clients report what a server or the network did.</summary>
/// <remarks>Neither the message nor the server's text ever holds a credential that we sent.</remarks>
public sealed class MailServerException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fault">What kind of failure it is.</param>
    /// <param name="message">A sentence for a person, without secrets.</param>
    /// <param name="serverText">What the server said, already cleaned (<see cref="ServerText"/>).</param>
    /// <param name="inner">The exception of the platform, if any.</param>
    public MailServerException(MailFault fault, string message, string? serverText = null, Exception? inner = null)
        : base(message, inner)
    {
        Fault = fault;
        ServerText = serverText;
    }

    /// <summary>What kind of failure it is.</summary>
    public MailFault Fault { get; }

    /// <summary>The server's words, at most <see cref="NetLimits.ServerTextLength"/> characters, without control characters.</summary>
    public string? ServerText { get; }

    /// <summary>The IMAP response code (RFC 9051 §7.1, such as <c>OVERQUOTA</c>) or the SMTP reply code, when the server gave one.</summary>
    public string? Code { get; init; }

    /// <summary>Which limit was exceeded, with <see cref="MailFault.LimitExceeded"/> under <see cref="GuardedStream"/>.</summary>
    public MailLimit? Limit { get; init; }

    /// <summary>How long the server asked us to stay away (Exchange: "Suggested Backoff Time: N milliseconds"), when it did.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
