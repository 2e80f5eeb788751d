using System.Net;
using System.Net.Sockets;

namespace Postmill.Mail.Net;

/// <summary>
/// Which IP addresses a user-given host may lead to (SSRF). Checked on the resolved address at connect time, so that rebinding a name
/// between a check and the connection gains nothing.
/// </summary>
public static class AddressPolicy
{
    // IANA special-purpose registry (RFC 6890 and its updates); everything here is not the public internet.
    private static readonly IPNetwork[] Refused =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "3fff::/20",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Only addresses of the public internet: no loopback, link-local, private, shared, multicast, documentation or reserved ones,
    /// also not inside an IPv4-mapped, 6to4, NAT64 or ISATAP address.</summary>
    public static bool PublicOnly(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return PublicOnly(address.MapToIPv4());
        if (Refused.Any(network => network.Contains(address))) return false;
        if (address.AddressFamily == AddressFamily.InterNetwork) return true;
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return false;

        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address)) return PublicOnly(new IPAddress(bytes.AsSpan(12, 4)));
        // 2000::/3 is all that is assigned; loopback, unique local, link-local, multicast and the IPv4-compatible form lie outside.
        if (!GlobalUnicast.Contains(address)) return false;
        if (SixToFour.Contains(address)) return PublicOnly(new IPAddress(bytes.AsSpan(2, 4)));
        return !IsIsatap(bytes) || PublicOnly(new IPAddress(bytes.AsSpan(12, 4)));
    }

    /// <summary>Every address; for installations whose mail servers are in private networks, and for tests.</summary>
    public static bool Any(IPAddress address) => address is not null;

    // RFC 5214 §6.1: interface identifier [00|02]00:5EFE followed by an IPv4 address.
    private static bool IsIsatap(byte[] bytes) => bytes[8] is 0 or 2 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;
}
