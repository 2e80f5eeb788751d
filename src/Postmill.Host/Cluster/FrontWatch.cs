using System.Data.Common;
using Orleans.Runtime;
using Postmill.Adapters.Postgres.Cluster;
using Postmill.Host.Live;

namespace Postmill.Host.Cluster;

/// <summary>A front's look at who lives, for what its connection to the gateways does not tell.</summary>
internal sealed class FrontWatch(SiloRows rows, ClusterSettings settings, LostSilos lost, TimeProvider timeProvider) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Between, timeProvider);
        HashSet<SiloAddress> known = [];
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (await LookAsync(stoppingToken) is not { } living) continue;
                if (!known.IsSubsetOf(living)) lost.Tell();
                known = living;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <returns>Null: the database is away, and nobody is lost for that.</returns>
    private async Task<HashSet<SiloAddress>?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await rows.LivingAsync(cancellationToken)).Where(silo => silo.Cluster == settings.Name).Select(silo => silo.Address)];
        }
        catch (DbException)
        {
            return null;
        }
    }
}
