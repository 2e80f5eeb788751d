using Npgsql;
using Postmill.Adapters.Postgres.Http;
using Postmill.Grains;

namespace Postmill.Host.Http.Idempotency;

/// <summary>Removes what has expired, in small batches. A round that fails is made up for by the next one.</summary>
internal sealed partial class IdempotencyPruning(IdempotencyRows rows, TimeProvider clock, ILogger<IdempotencyPruning> logger) : BackgroundService, ISweeper
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(IdempotencyLimits.PruneEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await rows.PruneAsync(clock.GetUtcNow(), IdempotencyLimits.PruneRows, stoppingToken) == IdempotencyLimits.PruneRows) continue;
            }
            catch (NpgsqlException fault)
            {
                LogFailed(fault);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Expired answers could not be pruned; the next round tries again")]
    private partial void LogFailed(Exception fault);
}
