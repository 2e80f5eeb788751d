namespace Postmill.Grains.Accounts;

/// <summary>How to reach a mailbox. Never serialized, never logged: <see cref="ToString"/> hides the password.</summary>
public sealed record AccountSettings(
    Guid AccountId,
    string Email,
    ServerAddress Imap,
    ServerAddress Smtp,
    string Username,
    string Password)
{
    /// <summary>Capabilities that the IMAP host announces and breaks: they are not used.</summary>
    public IReadOnlyList<string> Broken { get; init; } = [];

    public override string ToString() => $"{Email} ({Imap}, {Smtp})";
}

/// <summary>Host, port and how TLS begins there.</summary>
public sealed record ServerAddress(string Host, int Port, ServerTls Tls)
{
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>How TLS begins (RFC 8314).</summary>
public enum ServerTls { Implicit, StartTls, None }
