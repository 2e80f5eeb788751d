using System.Net;
using System.Net.Sockets;

namespace Postmill.Testing.Servers;

/// <summary>
/// A port for a server that must be told a number. Taken below the system's ephemeral range, so no outgoing connection can grab it while
/// the server is down, and locked across test processes, so a restarted server finds its port free.
/// </summary>
public sealed class PortLease : IDisposable
{
    private const int First = 20_000, Count = 12_000;
    private readonly FileStream _lock;

    private PortLease(int port, FileStream @lock)
    {
        Port = port;
        _lock = @lock;
    }

    public int Port { get; }

    public static PortLease Take()
    {
        var offset = Random.Shared.Next(Count);
        for (var i = 0; i < Count; i++)
        {
            var port = First + (offset + i) % Count;
            if (TestWorkspace.TryLock(Path.Combine(TestWorkspace.LocksDirectory, $"port{port}")) is not { } held) continue;
            if (IsFree(port)) return new PortLease(port, held);
            held.Dispose();
        }
        throw new InvalidOperationException($"no free port in {First}..{First + Count - 1}");
    }

    public void Dispose() => _lock.Dispose();

    private static bool IsFree(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
