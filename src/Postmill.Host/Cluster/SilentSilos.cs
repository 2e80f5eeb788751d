using System.Data.Common;
using Orleans.Runtime;
using Postmill.Adapters.Postgres.Cluster;

namespace Postmill.Host.Cluster;

/// <summary>
/// Orleans' probes go from silo to silo, so one that answers them but has lost PostgreSQL is kept, and works on nothing. Who has had the database without a gap for as long as another has
/// written no sign of life there has that one declared dead. No clocks are compared: what counts is that the row did not change. Orleans tries ever more rarely to write the sign of life while the
/// database is away, in the end once a minute; when it is back, each silo says here itself that it lives, before the others' patience ends.
/// </summary>
internal sealed partial class SilentSilos(
    SiloRows rows, IClusterMembershipService membership, ILocalSiloDetails self, TimeProvider timeProvider, ILogger<SilentSilos> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2), Silence = ClusterLimits.Silence, DrainPatience = TimeSpan.FromSeconds(180);

    /// <summary>Orleans would have written it by now.</summary>
    private static readonly TimeSpan Overdue = 1.5 * SiloLimits.Refresh;

    private readonly Dictionary<SiloAddress, (DateTimeOffset SeenAt, long Since)> _seen = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Between, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var asked = timeProvider.GetTimestamp();
        try
        {
            using var limit = new CancellationTokenSource(Between, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var living = (await rows.LivingAsync(either.Token).WaitAsync(either.Token)).Where(s => s.Cluster == self.ClusterId && s.Status != SiloLife.Joining).ToDictionary(s => s.Address);
            foreach (var gone in _seen.Keys.Except(living.Keys).ToList()) _seen.Remove(gone);
            if (living.TryGetValue(self.SiloAddress, out var own) && own.Silence > Overdue) await rows.SignAsync(self.ClusterId, self.SiloAddress, either.Token);
            foreach (var silo in living.Values.Where(s => !s.Address.Equals(self.SiloAddress))) await JudgeAsync(silo, asked);
        }
        catch (Exception fault) when (fault is DbException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            _seen.Clear(); // this one had no view itself: everybody begins anew
        }
    }

    private async Task JudgeAsync(SiloRow silo, long asked)
    {
        if (!_seen.TryGetValue(silo.Address, out var before) || before.SeenAt != silo.SeenAt)
        {
            _seen[silo.Address] = (silo.SeenAt, asked);
            return;
        }

        var silence = timeProvider.GetElapsedTime(before.Since, asked);
        if (silence <= (silo.IsLeaving ? DrainPatience : Silence)) return;
        LogSilent(silo, Math.Round(silence.TotalSeconds));
        _seen.Remove(silo.Address);
        await membership.TryKill(silo.Address);
    }

    [LoggerMessage(LogLevel.Warning, "The silo {Silo} has written nothing to the database for {Seconds} s in which this one has had it: it is declared dead")]
    private partial void LogSilent(SiloRow silo, double seconds);
}
