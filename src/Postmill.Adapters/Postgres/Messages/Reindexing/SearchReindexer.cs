using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postmill.Grains;

namespace Postmill.Adapters.Postgres.Messages.Reindexing;

/// <summary>Lets <see cref="SearchReindex"/> work slowly until nothing is left, and tells the log how far it is. Stopped anywhere, it goes on at the next start.</summary>
internal sealed partial class SearchReindexer(SearchReindex reindex, ReindexOptions options, TimeProvider time, ILogger<SearchReindexer> logger) : BackgroundService, ISweeper
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.ReindexPerSecond == 0) return;
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(options.ReindexLookMinutes), time);
        do
        {
            try
            {
                await WorkAsync(stoppingToken);
            }
            catch (NpgsqlException fault)
            {
                LogFailed(fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        var left = await reindex.CountAsync(stoppingToken);
        if (left == 0) return;
        LogBegins(left);
        var (done, told) = (0L, time.GetTimestamp());
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds((double)SearchReindex.Together / options.ReindexPerSecond), time);
        for (int some; (some = await reindex.NextAsync(stoppingToken)) > 0; await pace.WaitForNextTickAsync(stoppingToken))
        {
            done += some;
            if (time.GetElapsedTime(told) < TellEvery) continue;
            LogGoesOn(done, left);
            told = time.GetTimestamp();
        }

        LogDone(done);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The words for search of {Left} mails are cut as an older release did; they are cut anew")]
    private partial void LogBegins(long left);

    [LoggerMessage(Level = LogLevel.Information, Message = "The words for search of {Done} of about {Left} mails are cut anew")]
    private partial void LogGoesOn(long done, long left);

    [LoggerMessage(Level = LogLevel.Information, Message = "Done: this silo cut the words for search of {Done} mails anew")]
    private partial void LogDone(long done);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Words for search could not be cut anew; the next look goes on")]
    private partial void LogFailed(Exception fault);
}
