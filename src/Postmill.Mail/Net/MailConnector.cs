using System.Net;
using System.Net.Sockets;

namespace Postmill.Mail.Net;

/// <summary>Makes connections: resolve, refuse forbidden addresses, try the others in turn, handshake.</summary>
internal static class MailConnector
{
    public static async Task<MailTransport> ConnectAsync(MailEndpoint endpoint, MailTransportOptions options, CancellationToken cancellationToken)
    {
        if (endpoint.Tls == TlsMode.None && !options.AllowPlaintext)
            throw new MailServerException(MailFault.PlaintextRefused, "Connections without encryption are not allowed here.");
        var host = endpoint.AsciiHost();
        var clock = new MailClock(options.Time, options.Timeouts);
        MailTransport? transport = null;
        try
        {
            transport = await ConnectTcpAsync(host, endpoint.Port, options, clock, cancellationToken).ConfigureAwait(false);
            if (endpoint.Tls == TlsMode.Implicit) await transport.StartTlsAsync(host, cancellationToken).ConfigureAwait(false);
            var connected = transport;
            transport = null;
            clock = null;
            return connected;
        }
        finally
        {
            if (transport is not null) await transport.DisposeAsync().ConfigureAwait(false);
            else clock?.Dispose();
        }
    }

    private static async Task<MailTransport> ConnectTcpAsync(string host, int port, MailTransportOptions options, MailClock clock, CancellationToken cancellationToken)
    {
        using var step = new MailStep(clock);
        clock.Begin("connect", options.Timeouts.Connect, cancellationToken);
        clock.EnterWait();
        try
        {
            var addresses = await ResolveAsync(host, options, clock.Token).ConfigureAwait(false);
            SocketException? last = null;
            for (var i = 0; i < addresses.Count; i++)
            {
                var address = new IPEndPoint(addresses[i], port);
                try
                {
                    var share = options.Timeouts.Connect / (addresses.Count - i);
                    var socket = await ConnectOneAsync(address, i == addresses.Count - 1 ? Timeout.InfiniteTimeSpan : share, options.Time, clock.Token).ConfigureAwait(false);
                    return new MailTransport(new MailSocketStream(socket), socket, clock, options) { RemoteAddress = address };
                }
                catch (SocketException e)
                {
                    last = e;
                }
            }
            throw new MailServerException(MailFault.Unreachable, $"Cannot connect to {host}:{port}: {last?.SocketErrorCode}.", null, last);
        }
        catch (OperationCanceledException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new MailServerException(MailFault.TimedOut, $"Cannot connect to {host}:{port} in time.", null, e);
        }
        finally
        {
            clock.LeaveWait(0);
        }
    }

    private static async Task<List<IPAddress>> ResolveAsync(string host, MailTransportOptions options, CancellationToken cancellationToken)
    {
        IPAddress[] resolved;
        try
        {
            // WaitAsync, because the system resolver does not always honour its token.
            resolved = IPAddress.TryParse(host, out var literal) ? [literal] : await options.Resolve(host, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new MailServerException(MailFault.Unreachable, $"The host name {host} does not resolve.", null, e);
        }
        var allowed = resolved.Distinct().Where(options.AddressPolicy).Take(NetLimits.AddressesTried).ToList();
        if (allowed.Count > 0) return allowed;
        throw resolved.Length == 0
            ? new MailServerException(MailFault.Unreachable, $"The host name {host} has no address.")
            : new MailServerException(MailFault.AddressRefused, $"The host {host} is at an address that is not allowed.");
    }

    private static async Task<Socket> ConnectOneAsync(IPEndPoint address, TimeSpan share, TimeProvider time, CancellationToken cancellationToken)
    {
        using var turn = new CancellationTokenSource(share, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(turn.Token, cancellationToken);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var connected = false;
        try
        {
            socket.NoDelay = true;
            KeepAlive(socket);
            await socket.ConnectAsync(address, both.Token).ConfigureAwait(false);
            connected = true;
            return socket;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
        finally
        {
            if (!connected) socket.Dispose();
        }
    }

    // A peer that vanished without FIN is noticed within 60 + 4 × 15 s = 2 min, also in the middle of a 29-minute IDLE.
    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 15);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
    }
}
