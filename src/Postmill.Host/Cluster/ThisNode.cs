using System.Data.Common;
using Postmill.Adapters.Postgres.Cluster;
using Postmill.Grains.Accounts;

namespace Postmill.Host.Cluster;

/// <summary>This process as operators see it: its row in table <c>node</c>. A silo's life is told by Orleans' membership; a front says itself that it lives.</summary>
internal sealed partial class ThisNode(NodeRows rows, ClusterSettings settings, IServiceProvider services, TimeProvider timeProvider, ILogger<ThisNode> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5), Farewell = TimeSpan.FromSeconds(2);

    private readonly string _version = typeof(ThisNode).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>Of this start of it. A silo's is what account rows name as their owner.</summary>
    public string Id { get; } = services.GetService<LocalOwner>()?.Name ?? $"front/{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    private string Address => services.GetService<SiloEndpoints>()?.Silo.ToString() ?? Environment.MachineName;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RegisterAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(token => rows.EndedAsync(Id, token), cancellationToken);
    }

    /// <summary>From now on it is shown as one that takes no more work.</summary>
    public Task DrainingAsync(CancellationToken cancellationToken) => TryAsync(token => rows.DrainingAsync(Id, token), cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.Role != ClusterRole.Front) return;
        using var timer = new PeriodicTimer(Between, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TryAsync(RegisterAsync, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private Task RegisterAsync(CancellationToken cancellationToken) =>
        rows.RegisterAsync(new NodeRow(Id, settings.Name, settings.NodeName, Address, settings.Role.ToString().ToLowerInvariant(), _version), cancellationToken);

    /// <summary>Only operators look at it: the database's trouble here is nobody else's.</summary>
    private async Task TryAsync(Func<CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Farewell, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await write(either.Token);
        }
        catch (Exception fault) when (fault is DbException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogNotWritten(fault);
        }
    }

    [LoggerMessage(LogLevel.Debug, "What operators see of this process could not be written")]
    private partial void LogNotWritten(Exception fault);
}
