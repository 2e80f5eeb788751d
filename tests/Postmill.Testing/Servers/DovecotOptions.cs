namespace Postmill.Testing.Servers;

public sealed record DovecotOptions
{
    /// <summary>Capabilities the server does not announce (it still obeys the commands), for example QRESYNC, CONDSTORE, NOTIFY, IDLE.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>The whole IMAP capability list to announce; wins over <see cref="Without"/>.</summary>
    public string? Capability { get; init; }

    /// <summary>Default: <see cref="TestCertificates.Valid"/>.</summary>
    public PemPair? Certificate { get; init; }

    /// <summary>Create and mark Drafts, Sent, Junk, Trash and Archive.</summary>
    public bool SpecialUse { get; init; } = true;

    /// <summary>Hierarchy delimiter, <c>.</c> or <c>/</c>.</summary>
    public char Separator { get; init; } = '/';

    /// <summary>Prefix of the personal namespace, for example <c>INBOX.</c> (must end in the separator).</summary>
    public string NamespacePrefix { get; init; } = "";

    /// <summary>LOGINDISABLED until STARTTLS.</summary>
    public bool RequireTls { get; init; }

    /// <summary>Announce COMPRESS=DEFLATE.</summary>
    public bool Compress { get; init; }

    /// <summary>Connections a user may have at once.</summary>
    public int MaxUserConnections { get; init; } = 10_000;

    /// <summary>Where the submission service relays to; default: a sink of its own.</summary>
    public SmtpSink? Relay { get; init; }

    /// <summary>Appended to dovecot.conf.</summary>
    public string ExtraConfig { get; init; } = "";
}
