using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postmill.Domain.Accounts;

namespace Postmill.Grains.Sync;

/// <summary>
/// Wakes what the schedule says: accounts that nobody owns, after a start or a loss, and accounts that are late. Grain timers make a living account prompt; this makes
/// sure none is forgotten. A full look is followed by the next at once; few wakes are spread, many go as fast as the bound on wakes under way lets them.
/// </summary>
internal sealed partial class SyncSweeper(
    IDueAccounts due, IGrainFactory grains, SyncOptions options, TimeProvider time, Random random, ILogger<SyncSweeper> logger) : BackgroundService, ISweeper
{
    private readonly SemaphoreSlim _room = new(options.SweepWakes);
    private bool _isFailing;
    private int _failed;
    private volatile Tuple<Guid, Exception>? _lastFailure;

    public override void Dispose()
    {
        _room.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.SweepSeconds), time);
        try
        {
            do
            {
                while (await SweepAsync(stoppingToken)) TellFailures();
                TellFailures();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The wakes under way end by the same token; nothing of a sweep is left when the stop is over.
            for (var slot = 0; slot < options.SweepWakes; slot++) await _room.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>True when there may be more to take at once.</summary>
    private async Task<bool> SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var taken = await due.TakeAsync(
                options.SweepBatch, TimeSpan.FromSeconds(options.SweepPauseSeconds), TimeSpan.FromSeconds(options.SweepSlackSeconds), cancellationToken);
            _isFailing = false;
            foreach (var accountId in taken)
            {
                await _room.WaitAsync(cancellationToken);
                _ = WakeAsync(accountId, taken.Count <= options.SweepWakes ? Jitter() : TimeSpan.Zero, cancellationToken);
            }

            return taken.Count >= options.SweepBatch;
        }
        catch (DbException fault)
        {
            if (!_isFailing) LogSweepFailed(fault); // once an outage
            _isFailing = true;
            return false;
        }
    }

    /// <summary>Half of the time to the next look at the most, so that wakes of one look are over, as a rule, when it comes.</summary>
    private TimeSpan Jitter() => TimeSpan.FromSeconds(options.SweepSeconds / 2 * random.NextDouble());

    /// <summary>Never throws. A wake that hangs gives its room back after a while; the call goes on without it.</summary>
    private async Task WakeAsync(Guid accountId, TimeSpan after, CancellationToken cancellationToken)
    {
        try
        {
            if (after > TimeSpan.Zero) await Task.Delay(after, time, cancellationToken);
            var waking = grains.Account(accountId).Wake(WakeReason.Swept);
            await waking.WaitAsync(TimeSpan.FromSeconds(options.SweepWakeSeconds), time, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // the sweeps are over; another silo's takes the account
        }
        catch (Exception fault)
        {
            // One account's trouble must not keep the others asleep; a later sweep tries it again.
            _lastFailure = Tuple.Create(accountId, fault);
            Interlocked.Increment(ref _failed);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>One line for all of them: with a silo out of reach there are thousands.</summary>
    private void TellFailures()
    {
        var failed = Interlocked.Exchange(ref _failed, 0);
        if (failed > 0 && _lastFailure is { } last) LogWakesFailed(last.Item2, failed, last.Item1);
    }
}
