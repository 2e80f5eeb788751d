using System.Net;

namespace Granary.Transport;

/// <summary>Calls between silos: their secret and their limits.</summary>
public sealed class TransportOptions
{
    /// <summary>What silos of a cluster show each other; the same in all of them, at least 16 characters. It does not itself travel: a key made of it does.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Where to listen. Default: the advertised address.</summary>
    public IPAddress? ListenOn { get; set; }

    /// <summary>PEM file of this silo's certificate with its chain. With it, and <see cref="KeyFile"/> and <see cref="AuthorityFile"/>, both ends of every connection show a certificate. Default: none, and calls travel in clear.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file of the certificate's key.</summary>
    public string? KeyFile { get; set; }

    /// <summary>PEM file of the authority that has signed the certificates of all silos; no other is trusted.</summary>
    public string? AuthorityFile { get; set; }

    /// <summary>Most bytes of one call or one answer. Default 16 MiB: the largest value that grains hand each other, with room.</summary>
    public int MaxMessageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Most calls of other silos that run or wait here at once; more are told "busy". Default 4,096.</summary>
    public int MaxConcurrentCalls { get; set; } = 4_096;

    /// <summary>How often a call that has had no effect is sent in all. Default 4: a view is stale at most a few times in a row.</summary>
    public int MaxAttempts { get; set; } = 4;

    /// <summary>Longest pause before the second attempt, doubled for each further one; ends early when a fresh view is there. Default 200 ms.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a silo that could not be reached for as long as the attempts of a call last is tried again; calls in between fail at once. Default 1 s: as stale as a view may be.</summary>
    public TimeSpan TryUnreachableEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time to connect to a silo. Default 3 s: they stand in one network.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>A connection with calls under way that has been silent this long is asked for a sign of life, and given up after as long again, each up to a quarter later. Default 10 s.</summary>
    public TimeSpan PingAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most activations per second that end because their grain belongs to another silo now. Default 500: a silo that joins gets its share in seconds, not at once.</summary>
    public int MovesPerSecond { get; set; } = 500;

    /// <summary>How often at most a refusal of one kind is logged. Default 10 s.</summary>
    public TimeSpan LogRefusalsEvery { get; set; } = TimeSpan.FromSeconds(10);

    internal bool HasCertificate => CertificateFile is not null || KeyFile is not null || AuthorityFile is not null;
}
