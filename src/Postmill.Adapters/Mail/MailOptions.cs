using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography.X509Certificates;
using Postmill.Mail.Net;

namespace Postmill.Adapters.Mail;

/// <summary>How mail servers are reached; settings section <c>Postmill:Mail</c>.</summary>
public sealed class MailOptions
{
    private readonly Lazy<X509Certificate2Collection?> _anchors;

    public MailOptions() => _anchors = new Lazy<X509Certificate2Collection?>(Anchors);

    [Description("Whether mail servers on loopback, private and link-local addresses may be connected. Off, for a user could make this host talk to its own network.")]
    public bool AllowPrivateHosts { get; init; }

    [Description("Whether tls \"none\" may be chosen: passwords would cross the network in the clear.")]
    public bool AllowPlaintext { get; init; }

    [Description("A PEM file with certificates that are trusted beside the system's.")]
    public string TrustedCertificates { get; init; } = "";

    [Description("Seconds for verifying a login as a whole, IMAP and SMTP side by side.")]
    [Range(0.1, 300)]
    public double VerifySeconds { get; init; } = 15;

    [Description("Seconds for opening the connection of a sync, up to the greeting.")]
    [Range(0.1, 300)]
    public double ConnectSeconds { get; init; } = 15;

    [Description("Seconds after which a mail server that does not answer a command counts as hanging.")]
    [Range(0.1, 600)]
    public double CommandSeconds { get; init; } = 60;

    [Description("Seconds between two looks into INBOX where the server has no IDLE.")]
    [Range(0.1, 600)]
    public double PollSeconds { get; init; } = 60;

    [Description("A larger mail, in bytes, is left on the server and named in the log. One mail at a time is held in memory per syncing account.")]
    [Range(1_048_576, 1_000_000_000)]
    public int LargestMail { get; init; } = 150 * 1024 * 1024;

    /// <summary>Waiting limits of a connection that syncs.</summary>
    public MailTimeouts SyncTimeouts => new()
    {
        Connect = TimeSpan.FromSeconds(ConnectSeconds),
        Tls = TimeSpan.FromSeconds(ConnectSeconds),
        Greeting = TimeSpan.FromSeconds(ConnectSeconds),
        Command = TimeSpan.FromSeconds(CommandSeconds),
    };

    /// <summary>Waiting limits of one that only verifies a login.</summary>
    public MailTimeouts VerifyTimeouts => MailTimeouts.Verification with { Total = TimeSpan.FromSeconds(VerifySeconds) };

    /// <summary>The transport as these settings allow it.</summary>
    public MailTransportOptions Transport(MailTimeouts timeouts, TimeProvider time) => new()
    {
        AddressPolicy = AllowPrivateHosts ? AddressPolicy.Any : AddressPolicy.PublicOnly,
        AllowPlaintext = AllowPlaintext,
        TrustedCertificates = _anchors.Value,
        Timeouts = timeouts,
        Time = time,
    };

    private X509Certificate2Collection? Anchors()
    {
        if (TrustedCertificates.Length == 0) return null;
        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPemFile(TrustedCertificates);
        return anchors;
    }
}
