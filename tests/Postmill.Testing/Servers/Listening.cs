using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postmill.Testing.Servers;

/// <summary>Readiness of a server that does not announce it: asks its port until it answers, for at most <see cref="Patience"/>.</summary>
internal static class Listening
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15), Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns when the server sent its greeting line on <paramref name="port"/>.</summary>
    public static async Task WaitAsync(int port, ChildProcess server)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        using var timer = new PeriodicTimer(Pause, TimeProvider.System);
        try
        {
            while (!await GreetsAsync(port, deadline.Token))
            {
                if (server.HasExited) throw new InvalidOperationException($"ended before it listened on {port}:\n{server.Output}");
                await timer.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"no greeting on port {port} within {Patience.TotalSeconds} s:\n{server.Output}", e);
        }
    }

    private static async Task<bool> GreetsAsync(int port, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), ct);
            var greeting = new byte[512];
            return await socket.ReceiveAsync(greeting, ct) > 0 && Encoding.ASCII.GetString(greeting).Contains('\n', StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
