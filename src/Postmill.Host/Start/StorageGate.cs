using System.Data.Common;

namespace Postmill.Host.Start;

/// <summary>
/// Before the silo takes a lease: whether it would take it from another that lives. A silo takes its own address over at once, which is right for the same
/// process started again and wrong for another machine with the same setting; and without a secret two silos cannot share the work, each only sees accounts
/// that the other holds. A lease that nobody renews is waited for; one that is renewed stops the start.
/// </summary>
/// <param name="self">This silo, as soon as its port is known.</param>
internal sealed partial class StorageGate(
    StorageNeighbours neighbours, ClusterSettings settings, Func<StorageNeighbour> self, TimeProvider clock, ILogger<StorageGate> logger) : IHostedService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    /// <summary>A silo that drains renews its lease for at most 150 s and holds it for 20 s more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var own = self();
        var began = clock.GetTimestamp();
        var seen = new Dictionary<Guid, DateTimeOffset>();
        while (true)
        {
            var living = await LivingAsync(own, cancellationToken);
            var inTheWay = living.Where(n => IsInTheWay(n.Silo, own)).ToList();
            if (inTheWay.Count == 0)
            {
                if (living.Any(n => n.Silo.Cluster == own.Cluster && n.Silo.Address == own.Address)) LogTakesOver(own);
                return;
            }
            foreach (var (silo, active, expires) in inTheWay)
            {
                if (seen.TryAdd(silo.Incarnation, expires)) LogWaiting(silo);
                else if ((active && expires > seen[silo.Incarnation]) || clock.GetElapsedTime(began) > Patience) throw new StartException(Why(silo, own));
            }
            await Task.Delay(Between, clock, cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<IReadOnlyList<(StorageNeighbour Silo, bool Active, DateTimeOffset Expires)>> LivingAsync(StorageNeighbour own, CancellationToken cancellationToken)
    {
        try
        {
            return await neighbours.LivingAsync(own.Incarnation, cancellationToken);
        }
        catch (DbException fault)
        {
            LogUnknown(fault); // who cannot read the leases gets none either
            return [];
        }
    }

    private bool IsInTheWay(StorageNeighbour other, StorageNeighbour own) =>
        other.Cluster == own.Cluster && (other.Address == own.Address ? other.Name != own.Name : settings.Secret.Length == 0);

    private static string Why(StorageNeighbour other, StorageNeighbour own) => other.Address == own.Address
        ? $"the silo {other.Name} lives in cluster \"{own.Cluster}\" of this database and has the address {own.Address}, which this one ({own.Name}) has too. "
            + "Set Postmill:Cluster:AdvertisedAddress and Port to where other silos reach this one, and the same Postmill:Cluster:Secret in all."
        : $"the silo {other} lives in cluster \"{own.Cluster}\" of this database, and this one has no Postmill:Cluster:Secret. "
            + "Set the same secret in all silos, with an AdvertisedAddress and Port of its own in each; or give this one a database of its own.";

    [LoggerMessage(LogLevel.Warning, "The lease of the silo {Silo} runs, although this one should be alone or has its address; waiting whether it is renewed")]
    private partial void LogWaiting(StorageNeighbour silo);

    [LoggerMessage(LogLevel.Warning, "The lease of {Silo} runs: this start of the same silo takes it over. Should that be another process of this machine, it stops working now; "
        + "then set an AdvertisedAddress and Port of its own in each, and the same Postmill:Cluster:Secret")]
    private partial void LogTakesOver(StorageNeighbour silo);

    [LoggerMessage(LogLevel.Warning, "The silos of this database could not be read")]
    private partial void LogUnknown(Exception fault);
}
