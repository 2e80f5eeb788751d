using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap;

/// <summary>How an IMAP connection is made and what it tolerates.</summary>
public sealed record ImapOptions
{
    /// <summary>Connection, TLS, waiting limits, clock.</summary>
    public MailTransportOptions Transport { get; init; } = new();

    /// <summary>Limits on what the server may send.</summary>
    public ImapLimits Limits { get; init; } = new();

    /// <summary>Sees every command and every response, without credentials and without message bodies; null = nobody.</summary>
    public Action<ImapTrace>? Trace { get; init; }
}

/// <summary>One traced line.</summary>
/// <param name="Sent">True for a command, false for a response.</param>
/// <param name="Text">The line, cleaned and shortened.</param>
public readonly record struct ImapTrace(bool Sent, string Text);
