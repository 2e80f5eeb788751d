using Postmill.Mail.Net;

namespace Postmill.Mail.Smtp;

/// <summary>How to talk to SMTP servers.</summary>
public sealed record SmtpOptions
{
    /// <summary>Address policy, trust, clock, waiting limits.</summary>
    public MailTransportOptions Transport { get; init; } = new();

    /// <summary>
    /// What we call ourselves in EHLO, RFC 5321 section 4.1.4: a host name or, for who has none, an address literal. Servers for
    /// submission do not check it, but some refuse a name without a dot.
    /// </summary>
    public string ClientName { get; init; } = "[127.0.0.1]";
}
