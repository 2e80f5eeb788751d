using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postmill.Domain.Accounts;

namespace Postmill.Grains.Sync;

/// <summary>
/// Wakes what the schedule says: accounts that are due and accounts nobody owns, after a start or a loss. Grain timers make a living account prompt; this makes
/// sure none is forgotten.
/// </summary>
internal sealed partial class SyncSweeper(IDueAccounts due, IGrainFactory grains, SyncOptions options, TimeProvider time, ILogger<SyncSweeper> logger) : BackgroundService, ISweeper
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.SweepSeconds), time);
        try
        {
            do
            {
                await SweepAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var accounts = await due.TakeAsync(options.SweepBatch, TimeSpan.FromSeconds(options.SweepPauseSeconds), cancellationToken);
            await Task.WhenAll(accounts.Select(WakeAsync));
        }
        catch (DbException fault)
        {
            LogSweepFailed(fault);
        }
    }

    private async Task WakeAsync(Guid accountId)
    {
        try
        {
            await grains.GetGrain<IAccountGrain>(accountId.ToString()).Wake(WakeReason.Swept);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // One account's trouble must not keep the others asleep; the next sweep tries it again.
            LogWakeFailed(fault, accountId);
        }
    }
}
