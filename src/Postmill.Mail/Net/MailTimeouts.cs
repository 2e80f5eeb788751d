namespace Postmill.Mail.Net;

/// <summary>
/// How long each step may wait for the server. A step has a budget of waiting time: waiting spends it, received bytes earn it back at
/// <see cref="MinBytesPerSecond"/>, never above the step's limit. One rule that ends silence as well as a trickle of single bytes,
/// and leaves a slow but honest download alone. The time in which the caller is busy and does not read costs nothing.
/// </summary>
public sealed record MailTimeouts
{
    /// <summary>DNS and TCP connect, over all addresses together.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>TLS handshake.</summary>
    public TimeSpan Tls { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The server's first line.</summary>
    public TimeSpan Greeting { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Waiting budget of one command.</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>IMAP: silence within IDLE. The client ends an IDLE after 29 minutes at the latest (RFC 2177), so this is a connection that nobody looks after.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>IMAP: the answer to DONE; some servers never give it.</summary>
    public TimeSpan IdleDone { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>SMTP: the reply to MAIL (RFC 5321 section 4.5.3.2.2).</summary>
    public TimeSpan Mail { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>SMTP: the reply to each RCPT (section 4.5.3.2.3).</summary>
    public TimeSpan Rcpt { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>SMTP: the 354 after DATA (section 4.5.3.2.4).</summary>
    public TimeSpan Data { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>SMTP: each block of the content, from having the last one written until it is written, so also until its owner has it (section 4.5.3.2.5).</summary>
    public TimeSpan DataBlock { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>SMTP: the reply to the end of the content. Long, because giving up here leaves the outcome unknown (section 4.5.3.2.6).</summary>
    public TimeSpan DataEnd { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long we still listen after the server said that it is leaving, or after LOGOUT, QUIT.</summary>
    public TimeSpan Closing { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The rate below which a sender counts as stalled, bytes per second.</summary>
    public int MinBytesPerSecond { get; init; } = 1024;

    /// <summary>Wall time from the start of connecting until <see cref="MailTransport.LiftTotal"/>; null = none.</summary>
    public TimeSpan? Total { get; init; }

    /// <summary>For checking credentials while a person waits: everything within 15 s.</summary>
    public static MailTimeouts Verification { get; } = new() { Total = TimeSpan.FromSeconds(15) };
}
