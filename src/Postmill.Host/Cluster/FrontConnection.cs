using System.Data.Common;
using Orleans;
using Orleans.Runtime;
using Postmill.Adapters.Postgres.Cluster;

namespace Postmill.Host.Cluster;

/// <summary>
/// A front's connection to the silos. Orleans' client finds its way from gateway to gateway once it has found one; until then, which may take as long as no silo lives, one is looked for here
/// beside a host that answers already, and calls fail at once. Why none is found is said: Orleans' client would only wait.
/// </summary>
internal sealed partial class FrontConnection(
    IServiceProvider services, SiloRows rows, ClusterHandshake handshake, PeerProbe peers, ClusterSettings settings, TimeProvider timeProvider, ILogger<FrontConnection> logger)
    : IHostedService, IClientConnectionRetryFilter, IDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _leaving = new();
    private Task _connecting = Task.CompletedTask;
    private string? _said;

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
        SayNoSilo(exception.Message);
        await Task.Delay(Between, timeProvider, cancellationToken);
        return true;
    }

    public void Dispose() => _leaving.Dispose();

    private async Task ConnectAsync()
    {
        try
        {
            while (await WhyNoSiloAsync(_leaving.Token) is { } why)
            {
                SayNoSilo(why);
                await Task.Delay(Between, timeProvider, _leaving.Token);
            }

            await Client.StartAsync(_leaving.Token);
            IsConnected = true;
            LogConnected();
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            return;
        }
    }

    /// <returns>Null: a gateway answers and is one of ours.</returns>
    private async Task<string?> WhyNoSiloAsync(CancellationToken cancellationToken)
    {
        try
        {
            var why = "no silo is active in the membership table";
            foreach (var gateway in await rows.GatewaysAsync(settings.Name, cancellationToken))
            {
                switch (await peers.AskAsync(gateway, cancellationToken))
                {
                    case PeerVerdict.Ours: return null;
                    case { } verdict: why = $"the one at {gateway} was turned down: {ClusterHandshake.Why(verdict)}"; break;
                    case null: why = $"nobody answers at {gateway}"; break;
                }
            }

            return why;
        }
        catch (DbException away)
        {
            return away.Message;
        }
    }

    /// <summary>Each reason once until another is met.</summary>
    private void SayNoSilo(string why)
    {
        if (_said != why) LogNoSilo(why);
        _said = why;
    }

    [LoggerMessage(LogLevel.Warning, "No silo answers: calls to grains are refused until one does ({Why})")]
    private partial void LogNoSilo(string why);

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
