using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postmill.Mail.Net;

/// <summary>What connecting may do; the defaults are the safe ones.</summary>
public sealed record MailTransportOptions
{
    /// <summary>Asked for every resolved address right before it is connected; false = refused. See <see cref="Net.AddressPolicy"/>.</summary>
    public Func<IPAddress, bool> AddressPolicy { get; init; } = Net.AddressPolicy.PublicOnly;

    /// <summary>Trust anchors besides the system's, for private certificate authorities and self-signed servers.</summary>
    public X509Certificate2Collection? TrustedCertificates { get; init; }

    /// <summary>Whether <see cref="TlsMode.None"/> is allowed at all.</summary>
    public bool AllowPlaintext { get; init; }

    /// <summary>Waiting limits.</summary>
    public MailTimeouts Timeouts { get; init; } = new();

    /// <summary>The clock of all waiting limits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Name resolution; the system's by default.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>So many random bytes, for nonces; the system's by default.</summary>
    public Func<int, byte[]> Random { get; init; } = RandomNumberGenerator.GetBytes;
}
