using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postmill.Domain.Accounts;

namespace Postmill.Grains.Jobs;

/// <summary>
/// Tells accounts that jobs of theirs are due: retries, and jobs whose account could not be told when they were enqueued. A lost or doubled call is harmless: the
/// account claims its due rows behind the fence.
/// </summary>
internal sealed partial class JobSweeper(IDueJobs due, IGrainFactory grains, JobOptions options, TimeProvider time, ILogger<JobSweeper> logger) : BackgroundService, ISweeper
{
    private bool _isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.SweepSeconds), time);
        try
        {
            do
            {
                while (await SweepAsync(stoppingToken)) continue;
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>True when there may be more to take at once.</summary>
    private async Task<bool> SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (jobs, accounts) = await due.TakeAsync(options.SweepBatch, TimeSpan.FromSeconds(options.SweepPauseSeconds), time.GetUtcNow(), cancellationToken);
            _isFailing = false;
            await Parallel.ForEachAsync(accounts, new ParallelOptions { MaxDegreeOfParallelism = options.SweepCalls, CancellationToken = cancellationToken }, TellAsync);
            return jobs >= options.SweepBatch;
        }
        catch (DbException fault)
        {
            if (!_isFailing) LogSweepFailed(fault); // once an outage
            _isFailing = true;
            return false;
        }
    }

    /// <summary>Never throws, but when the sweeps are over.</summary>
    private async ValueTask TellAsync(Guid accountId, CancellationToken cancellationToken)
    {
        try
        {
            await grains.Account(accountId).JobsDue().WaitAsync(TimeSpan.FromSeconds(options.SweepPauseSeconds), time, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // One account's trouble must not keep the others waiting; a later look tries it again.
            LogNotTold(fault, accountId);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The look for due jobs failed; the next ones try again, in silence until one has succeeded")]
    private partial void LogSweepFailed(Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId} could not be told of its due jobs; a later look tries again")]
    private partial void LogNotTold(Exception fault, Guid accountId);
}
