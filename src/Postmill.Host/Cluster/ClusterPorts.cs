using System.Net;
using System.Net.Sockets;

namespace Postmill.Host.Cluster;

/// <summary>Which ports are free.</summary>
internal static class ClusterPorts
{
    // Below the range from which systems take the ports of outgoing connections: nobody gets one of these in passing.
    private const int FirstFree = 15_000, AfterLastFree = 30_000;

    /// <summary>A port on which nobody listens now.</summary>
    public static int Free(IPAddress address, Random random)
    {
        while (true)
        {
            var port = random.Next(FirstFree, AfterLastFree);
            if (IsFree(new IPEndPoint(address, port))) return port;
        }
    }

    public static bool IsFree(IPEndPoint endpoint)
    {
        using var probe = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(endpoint);
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
