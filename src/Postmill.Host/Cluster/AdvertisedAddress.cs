using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Postmill.Host.Cluster;

/// <summary>The setting <c>Postmill:Cluster:AdvertisedAddress</c>: an IP address, a host name, or <c>auto</c>, to the address that other silos are told.</summary>
internal static class AdvertisedAddress
{
    public const string Auto = "auto";
    public const string Allowed = "an IP address that other silos can reach, a host name that resolves to one, or auto (this machine's first address that is not loopback)";

    /// <summary>Null: it is none, or there is none.</summary>
    public static IPAddress? Resolve(string setting)
    {
        if (setting == Auto) return Choose(OfThisMachine());
        if (IPAddress.TryParse(setting, out var address)) return Reachable(address) ? address : null;
        if (Uri.CheckHostName(setting) != UriHostNameType.Dns) return null;
        try
        {
            // Debian gives a machine's own name a loopback address beside its real one.
            var found = Dns.GetHostAddresses(setting).Where(Reachable).OrderBy(IPAddress.IsLoopback).ThenBy(a => a.AddressFamily != AddressFamily.InterNetwork).ToList();
            return found.FirstOrDefault();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Networks with a way out before those without, IPv4 before IPv6; never loopback, link-local or none.</summary>
    public static IPAddress? Choose(IEnumerable<Candidate> candidates) => candidates
        .Where(c => Reachable(c.Address) && !IPAddress.IsLoopback(c.Address) && !IsLinkLocal(c.Address))
        .OrderBy(c => !c.HasGateway).ThenBy(c => c.Address.AddressFamily != AddressFamily.InterNetwork)
        .Select(c => c.Address).FirstOrDefault();

    private static IEnumerable<Candidate> OfThisMachine() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        where network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
        let properties = network.GetIPProperties()
        from address in properties.UnicastAddresses
        select new Candidate(address.Address, properties.GatewayAddresses.Count > 0);

    private static bool Reachable(IPAddress address) => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast;

    private static bool IsLinkLocal(IPAddress address) => address.IsIPv6LinkLocal || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..]);

    internal readonly record struct Candidate(IPAddress Address, bool HasGateway);
}
