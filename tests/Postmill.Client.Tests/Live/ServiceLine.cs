using System.Net.Sockets;
using Postmill.Host.Tests;

namespace Postmill.Client.Tests.Live;

/// <summary>A name under which one host after the other answers: clients keep their address, as behind a load balancer.</summary>
internal sealed class ServiceLine : IDisposable
{
    private int _port;

    public ServiceLine(HostFixture host)
    {
        Point(host);
        Http = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancellationToken) => ConnectAsync(cancellationToken) }) { BaseAddress = new Uri("http://postmill.test/") };
    }

    public HttpClient Http { get; }

    public void Point(HostFixture host) => Volatile.Write(ref _port, host.Address.Port);

    public void Dispose() => Http.Dispose();

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync("127.0.0.1", Volatile.Read(ref _port), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
