using System.Data.Common;
using Npgsql;

namespace Postmill.Host.Start;

/// <summary>Compares this machine's clock with the database's, before the silo starts and from then on.</summary>
internal sealed partial class StorageClockWatch(NpgsqlDataSource database, StorageClock clock, ILogger<StorageClockWatch> logger) : BackgroundService
{
    /// <summary>Below this a clock is right: cadences are minutes, windows 30 s, and a look costs a round trip that nobody can halve exactly.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    /// <summary>A correction is renewed when it is off by more than this, so that the calendar does not jump at every look.</summary>
    private static readonly TimeSpan Drift = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Between = TimeSpan.FromSeconds(15);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await MeasureAsync(cancellationToken) is { } offset) Correct(offset);
        }
        catch (DbException fault)
        {
            LogUnknown(fault);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Between, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
    }

    /// <summary>What is to be added to the machine's clock; null when the answer took too long to say.</summary>
    private async Task<TimeSpan?> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var ask = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var (asked, began) = (clock.Machine.GetUtcNow(), clock.Machine.GetTimestamp());
        var there = (DateTime)(await ask.ExecuteScalarAsync(cancellationToken))!;
        var took = clock.Machine.GetElapsedTime(began);
        return took > Tolerance ? null : new DateTimeOffset(there, TimeSpan.Zero) - (asked + took / 2);
    }

    private void Correct(TimeSpan offset)
    {
        var before = clock.Offset;
        if (offset.Duration() <= Tolerance)
        {
            if (before == TimeSpan.Zero) return;
            clock.Offset = TimeSpan.Zero;
            LogRight();
        }
        else if ((offset - before).Duration() > Drift)
        {
            clock.Offset = offset;
            LogWrong(Math.Round(offset.Duration().TotalSeconds, 1), offset < TimeSpan.Zero ? "ahead of" : "behind");
        }
    }

    [LoggerMessage(LogLevel.Warning, "The clock of this machine is {Seconds} s {Side} that of PostgreSQL. Postmill goes by PostgreSQL's; set the machine's (NTP), certificates are still judged by it")]
    private partial void LogWrong(double seconds, string side);

    [LoggerMessage(LogLevel.Information, "The clock of this machine agrees with that of PostgreSQL again")]
    private partial void LogRight();

    [LoggerMessage(LogLevel.Debug, "The clock of PostgreSQL could not be asked for; the next look tries again")]
    private partial void LogUnknown(Exception fault);
}
