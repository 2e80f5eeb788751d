using System.Globalization;
using System.Net;

namespace Orleans.Runtime;

/// <summary>Where a silo is reached, and which start of it: <c>ip:port@generation</c>.</summary>
public sealed class SiloAddress : IEquatable<SiloAddress>
{
    private SiloAddress(IPEndPoint endpoint, int generation)
    {
        Endpoint = endpoint;
        Generation = generation;
    }

    /// <summary>Address and port.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Larger for a later start at the same endpoint.</summary>
    public int Generation { get; }

    /// <summary>No silo.</summary>
    public static SiloAddress Zero { get; } = new(new IPEndPoint(IPAddress.None, 0), 0);

    /// <summary>From its parts.</summary>
    /// <param name="ep">Address and port.</param>
    /// <param name="gen">The generation.</param>
    /// <returns>The address.</returns>
    public static SiloAddress New(IPEndPoint ep, int gen) => new(ep, gen);

    /// <summary>From its parts.</summary>
    /// <param name="address">The IP address.</param>
    /// <param name="port">The port.</param>
    /// <param name="generation">The generation.</param>
    /// <returns>The address.</returns>
    public static SiloAddress New(IPAddress address, int port, int generation) => new(new IPEndPoint(address, port), generation);

    /// <summary>The text form.</summary>
    /// <returns><c>ip:port@generation</c>.</returns>
    public string ToParsableString() => string.Create(CultureInfo.InvariantCulture, $"{Endpoint.Address}:{Endpoint.Port}@{Generation}");

    /// <inheritdoc />
    public bool Equals(SiloAddress? other) => other is not null && Generation == other.Generation && Endpoint.Equals(other.Endpoint);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as SiloAddress);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Endpoint, Generation);

    /// <inheritdoc />
    public override string ToString() => ToParsableString();
}
