using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postmill.Grains;

namespace Postmill.Adapters.Postgres.Feed;

/// <summary>Prunes the logs now and then. A round that fails is made up for by the next one.</summary>
internal sealed partial class FeedRetention(FeedPruner pruner, FeedRetentionSettings settings, TimeProvider time, ILogger<FeedRetention> logger)
    : BackgroundService, ISweeper
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var keep = TimeSpan.FromDays(settings.RetentionDays);
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(settings.PruneMinutes), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var pruned = await pruner.PruneAsync(time.GetUtcNow() - keep, stoppingToken);
                if (pruned > 0) LogPruned(pruned);
            }
            catch (NpgsqlException fault)
            {
                LogFailed(fault);
            }
        }
    }
}
