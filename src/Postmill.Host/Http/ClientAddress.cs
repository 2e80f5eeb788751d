using System.Net;

namespace Postmill.Host.Http;

/// <summary>The machine behind a connection, as far as its address tells.</summary>
internal static class ClientAddress
{
    // A household or a host usually has a whole /64 of IPv6 to vary.
    private const int NetworkBytes = 8;

    public static string Of(IPAddress? from)
    {
        if (from is null) return "?";
        if (from.IsIPv4MappedToIPv6) from = from.MapToIPv4();
        var bytes = from.GetAddressBytes();
        return Convert.ToHexString(bytes, 0, Math.Min(NetworkBytes, bytes.Length));
    }
}
