using System.Net;
using System.Net.Sockets;

namespace Postmill.Host.Cluster;

/// <param name="Silo">Where other silos reach it.</param>
/// <param name="Gateway">Where fronts reach it.</param>
/// <param name="SiloListening">Where this machine listens for the one.</param>
/// <param name="GatewayListening">And for the other.</param>
internal sealed record SiloEndpoints(IPEndPoint Silo, IPEndPoint Gateway, IPEndPoint SiloListening, IPEndPoint GatewayListening)
{
    public static SiloEndpoints Of(ClusterSettings settings, IPAddress advertised)
    {
        // Behind a translated address this machine does not have the advertised one; a loopback address is meant to stay on it.
        var listening = IPAddress.IsLoopback(advertised) ? advertised : advertised.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        var silo = settings.Port > 0 ? settings.Port : ClusterPorts.Free(listening, Random.Shared);
        var gateway = settings.GatewayPort > 0 ? settings.GatewayPort : ClusterPorts.Free(listening, Random.Shared);
        return new SiloEndpoints(new(advertised, silo), new(advertised, gateway), new(listening, silo), new(listening, gateway));
    }
}
