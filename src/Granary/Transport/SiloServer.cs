using System.Diagnostics.Metrics;
using System.Net;
using Granary.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Granary.Transport;

/// <summary>
/// The silo's own port: a server apart from the host's, so that nothing of one answers at the other. It listens before the lease is taken, so that who sees the silo
/// reaches it, and until the host has stopped everything, so that who still calls is told to go elsewhere.
/// </summary>
internal sealed class SiloServer(
    CallEndpoint endpoint,
    SiloIdentity identity,
    SiloCertificates certificates,
    IOptions<EndpointOptions> where,
    IOptions<TransportOptions> options,
    ILoggerFactory loggers) : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>Calls on one connection; a caller opens more connections for more.</summary>
    private const int StreamsPerConnection = 1_000;

    /// <summary>Bytes a caller may send ahead, of one call and of all of a connection: large calls are not slowed by the round trips of a small window.</summary>
    private const int StreamWindow = 1024 * 1024;

    private const int ConnectionWindow = 8 * StreamWindow;

    /// <summary>Connections at once: each silo needs a few, and who has no key gets no further than this.</summary>
    private const int Connections = 1_000;

    /// <summary>How long running calls are waited for when the server stops; the drain has waited for them before.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    private WebApplication? _server;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Granary" });
        // Its faults are logged with the host's; that it listens, and every request, is not said twice.
        builder.Logging.AddProvider(new HostLoggers(loggers)).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.AddSingleton<IMeterFactory, PortMeters>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure).UseShutdownTimeout(ShutdownTimeout);
        _server = builder.Build();
        _server.Run(endpoint.HandleAsync);
        await _server.StartAsync(cancellationToken).ConfigureAwait(false);
        var bound = _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        identity.Bound(BindingAddress.Parse(bound).Port);
        loggers.CreateLogger<SiloServer>().Listening(identity.Address);
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (_server is not null) await _server.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = Connections;
        kestrel.Limits.MaxRequestBodySize = options.Value.MaxMessageBytes;
        kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
        kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindow;
        kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
        kestrel.Limits.Http2.KeepAlivePingDelay = options.Value.PingAfter;
        kestrel.Limits.Http2.KeepAlivePingTimeout = options.Value.PingAfter;
        kestrel.Listen(new IPEndPoint(options.Value.ListenOn ?? where.Value.AdvertisedIPAddress, where.Value.SiloPort), listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (options.Value.HasCertificate) listen.UseHttps(certificates.ForServer);
        });
    }

    private sealed class HostLoggers(ILoggerFactory loggers) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => loggers.CreateLogger(categoryName);

        public void Dispose()
        {
            // They are the host's.
        }
    }

    /// <summary>Signals are the host's business.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
