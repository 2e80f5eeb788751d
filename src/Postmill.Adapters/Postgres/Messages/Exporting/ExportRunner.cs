using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;
using Postmill.Grains;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>
/// Makes exports: takes one that is due or whose silo is lost, and lists its mails in small transactions, each of which says where the next one goes on. Runs on every silo that
/// does background work; the account's owner and its mail connection know nothing of it.
/// </summary>
internal sealed partial class ExportRunner(
    ExportStore store, ExportReader reader, ExportOptions options, ExportBell bell, TimeProvider time, ILogger<ExportRunner> logger) : BackgroundService, ISweeper
{
    private const string Broken = "export_failed";

    private volatile bool _isFailing;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, options.RunsAtOnce).Select(_ => LookAsync(stoppingToken)));

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.SweepSeconds), time);
        var (tick, ring) = (timer.WaitForNextTickAsync(stoppingToken).AsTask(), bell.WaitAsync(stoppingToken));
        try
        {
            while (true)
            {
                while (await TakeAsync(stoppingToken)) continue;
                await await Task.WhenAny(tick, ring);
                if (tick.IsCompleted) tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
                if (ring.IsCompleted) ring = bell.WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>True: there may be another one.</summary>
    private async Task<bool> TakeAsync(CancellationToken stoppingToken)
    {
        try
        {
            var claimed = await store.ClaimAsync(stoppingToken);
            _isFailing = false;
            if (claimed is not { } run) return false;
            await MakeAsync(run, stoppingToken);
            return true;
        }
        catch (NpgsqlException fault)
        {
            if (!_isFailing) LogLookFailed(fault); // once an outage
            _isFailing = true;
            return false;
        }
    }

    /// <summary>A database that fails is thrown on: the lease ends by itself, and whoever comes next goes on.</summary>
    private async Task MakeAsync(ExportRun run, CancellationToken stoppingToken)
    {
        try
        {
            await ListAsync(run, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(ExportLimits.ReleaseWithin, time);
            await store.ReleaseAsync(run, limit.Token);
            throw;
        }
        catch (Exception fault) when (fault is not NpgsqlException { IsTransient: true })
        {
            // Whatever it is, it is this export's, and others wait: the job tells of it and is tried again.
            LogFailed(fault, run.ExportId);
            await store.FailAsync(run, new SyncFailure(Broken, "the mail could not be read; see the log of the service"), stoppingToken);
        }
    }

    private async Task ListAsync(ExportRun run, CancellationToken stoppingToken)
    {
        if (run.Job.Progress is null)
        {
            var (mails, octets) = await reader.CountAsync(run, stoppingToken);
            if (Excess(mails, octets) is { } excess)
            {
                await store.FailAsync(run, excess, stoppingToken);
                return;
            }

            run = run with { Progress = new JobProgress(0, mails, 0) };
        }

        for (var last = false; !last;)
        {
            var page = await reader.NextAsync(run, stoppingToken);
            if (await store.AddAsync(run, page.Mails, page.Walked, page.Looked, stoppingToken) is not { } after)
            {
                LogLost(run.ExportId);
                return;
            }

            (run, last) = (after, page.Last);
        }

        if (await store.FinishAsync(run, stoppingToken)) LogMade(run.ExportId, run.Mails);
        else LogLost(run.ExportId);
    }

    private SyncFailure? Excess(long mails, long octets)
    {
        if (mails > options.MostMails) return new SyncFailure(JobPolicy.ExportTooLarge, $"{mails} mails fit the filter; an export has at most {options.MostMails}");
        const long mega = 1024 * 1024;
        return octets > options.MostMegabytes * mega ? new SyncFailure(JobPolicy.ExportTooLarge, $"{octets / mega} MB of mail fit the filter; an export has at most {options.MostMegabytes}") : null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Export {ExportId} of {Mails} mails is ready")]
    private partial void LogMade(Guid exportId, long mails);

    [LoggerMessage(Level = LogLevel.Information, Message = "Export {ExportId} is not this silo's any more: cancelled, deleted, or another silo goes on with it")]
    private partial void LogLost(Guid exportId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Export {ExportId} failed")]
    private partial void LogFailed(Exception fault, Guid exportId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The look for exports failed; the next ones try again, in silence until one has succeeded")]
    private partial void LogLookFailed(Exception fault);
}
