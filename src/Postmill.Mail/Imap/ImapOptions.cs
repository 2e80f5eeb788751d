using Postmill.Mail.Net;

namespace Postmill.Mail.Imap;

/// <summary>How an IMAP connection is made and what it tolerates.</summary>
public sealed record ImapOptions
{
    /// <summary>Connection, TLS, waiting limits, clock.</summary>
    public MailTransportOptions Transport { get; init; } = new();

    /// <summary>Limits on what the server may send.</summary>
    public GuardLimits Limits { get; init; } = new();
}
