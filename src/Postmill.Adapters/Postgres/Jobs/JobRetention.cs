using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postmill.Grains;
using Postmill.Grains.Jobs;

namespace Postmill.Adapters.Postgres.Jobs;

/// <summary>Prunes jobs and log now and then. A round that fails is made up for by the next one.</summary>
internal sealed partial class JobRetention(JobPruner pruner, JobOptions options, TimeProvider time, ILogger<JobRetention> logger) : BackgroundService, ISweeper
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(options.PruneMinutes), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var now = time.GetUtcNow();
                var jobs = await pruner.PruneJobsAsync(now - TimeSpan.FromDays(options.KeepDays), options.PruneBatch, stoppingToken);
                var lines = await pruner.PruneLogAsync(now - TimeSpan.FromDays(options.KeepLogDays), options.PruneBatch, stoppingToken);
                if (jobs + lines > 0) LogPruned(jobs, lines);
            }
            catch (NpgsqlException fault)
            {
                LogFailed(fault);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Jobs} jobs and tasks and {Lines} lines of the log were older than their retention and are gone")]
    private partial void LogPruned(long jobs, long lines);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old jobs and lines of the log could not be pruned; the next round tries again")]
    private partial void LogFailed(Exception fault);
}
