using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Postmill.Host.Cluster;

/// <summary>Asks whoever listens at an address who it is, as a silo that connects does, and goes away again.</summary>
internal sealed class PeerProbe(ClusterHandshake handshake, ClusterSettings settings, TimeProvider timeProvider)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Lazy<ClusterCertificates?> _certificates = new(() => ClusterCertificates.Load(settings));

    /// <summary>Null: nobody answers there.</summary>
    public async Task<PeerVerdict?> AskAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var client = new TcpClient(endpoint.AddressFamily);
        try
        {
            await client.ConnectAsync(endpoint, either.Token);
        }
        catch (Exception fault) when (fault is SocketException || (fault is OperationCanceledException && limit.IsCancellationRequested))
        {
            return null;
        }

        try
        {
            await using var stream = await SecuredAsync(client.GetStream(), either.Token);
            return await handshake.MeetAsync(new StreamPipe(PipeReader.Create(stream), PipeWriter.Create(stream)), either.Token);
        }
        catch (Exception fault) when (fault is SocketException or IOException or AuthenticationException || (fault is OperationCanceledException && limit.IsCancellationRequested))
        {
            return PeerVerdict.Stranger;
        }
    }

    private async Task<Stream> SecuredAsync(NetworkStream connection, CancellationToken cancellationToken)
    {
        if (_certificates.Value is not { } certificates) return connection;
        var secured = new SslStream(connection);
        try
        {
            await secured.AuthenticateAsClientAsync(certificates.ForClient(), cancellationToken);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }

    private sealed record StreamPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
