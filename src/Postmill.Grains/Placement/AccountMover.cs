using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Postmill.Grains.Placement;

/// <summary>
/// An account grain stays active for as long as its account is connected, so a silo that joins would get new accounts only. This lets, at a bounded pace, activations migrate whose home is
/// another silo: they give their rows back here and claim them there. Only to end them would not do: the silos' caches still name the old place, and who calls next makes them active
/// there again. It waits until the membership has stood still for a moment: a silo that restarts in place must find its share, not push it around.
/// </summary>
internal sealed partial class AccountMover(
    IClusterMembershipService membership, ILocalSiloDetails self, LocalGrains grains, TimeProvider timeProvider, ILogger<AccountMover> logger) : BackgroundService, ISweeper
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1), Settled = TimeSpan.FromSeconds(10), Again = TimeSpan.FromSeconds(30);

    /// <summary>Each costs a logout here and a login there.</summary>
    private const int MovesPerPeriod = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, timeProvider);
        var (seen, since) = (MembershipVersion.MinValue, timeProvider.GetTimestamp());
        var wait = Settled;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var view = membership.CurrentSnapshot;
                if (view.Version != seen) (seen, since, wait) = (view.Version, timeProvider.GetTimestamp(), Settled);
                if (timeProvider.GetElapsedTime(since) < wait) continue;
                if (Move(view) == 0) (since, wait) = (timeProvider.GetTimestamp(), Again);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return; // the silo leaves, and its accounts with it
        }
    }

    private int Move(ClusterMembershipSnapshot view)
    {
        var silos = view.Members.Values.Where(m => m.Status == SiloStatus.Active).Select(m => m.SiloAddress).ToArray();
        var moved = 0;
        foreach (var account in grains.Accounts)
        {
            if (Rendezvous.HomeOf(account.GrainId, silos) is not { } home || home.Equals(self.SiloAddress)) continue;
            account.Migrate(null, CancellationToken.None);
            if (++moved == MovesPerPeriod) break;
        }

        if (moved > 0) LogMoved(moved);
        return moved;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Accounts} accounts belong to other silos since the membership changed: they go there")]
    private partial void LogMoved(int accounts);
}
