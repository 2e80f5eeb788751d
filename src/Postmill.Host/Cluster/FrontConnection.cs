using Npgsql;
using Orleans;
using Orleans.Runtime;
using Postmill.Adapters.Postgres.Cluster;

namespace Postmill.Host.Cluster;

/// <summary>
/// A front's connection to the silos. Orleans' client finds its way from gateway to gateway once it has found one; until then, which may take as long as no silo lives, it is begun here
/// beside a host that answers already, and calls fail at once.
/// </summary>
internal sealed partial class FrontConnection(
    IServiceProvider services, SiloRows rows, ClusterHandshake handshake, TimeProvider timeProvider, ILogger<FrontConnection> logger) : IHostedService, IClientConnectionRetryFilter, IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _leaving = new();
    private Task _connecting = Task.CompletedTask;
    private bool _saidSo;

    public bool IsConnected { get; private set; }

    // Resolved when the host has started: whoever makes calls here is asked for by others, and a client is made of everything.
    private IHostedService Client => (IHostedService)services.GetRequiredService<IClusterClient>();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        handshake.Database = await rows.DatabaseAsync(cancellationToken);
        _connecting = ConnectAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _leaving.CancelAsync();
        await _connecting.WaitAsync(cancellationToken);
        if (IsConnected) await Client.StopAsync(cancellationToken);
    }

    /// <summary>Again after a second, for as long as the host lives.</summary>
    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        if (!_saidSo) LogNoSilo(exception.Message);
        _saidSo = true;
        await Task.Delay(Between, timeProvider, cancellationToken);
        return true;
    }

    public void Dispose() => _leaving.Dispose();

    private async Task ConnectAsync()
    {
        try
        {
            await Client.StartAsync(_leaving.Token);
            IsConnected = true;
            LogConnected();
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            return;
        }
    }

    [LoggerMessage(LogLevel.Warning, "No silo answers: calls to grains are refused until one does ({Reason})")]
    private partial void LogNoSilo(string reason);

    [LoggerMessage(LogLevel.Information, "Connected to the silos")]
    private partial void LogConnected();
}

/// <summary>Refuses calls to grains before the client has met a silo: it would leave them waiting for their deadline.</summary>
internal sealed class FrontCallFilter(FrontConnection connection) : IOutgoingGrainCallFilter
{
    public Task Invoke(IOutgoingGrainCallContext context) => connection.IsConnected || context.TargetId.IsSystemTarget()
        ? context.Invoke()
        : throw new SiloUnavailableException("this front has met no silo yet");
}
