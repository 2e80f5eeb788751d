using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postmill.Domain.Hosts;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Hosts;

/// <summary>Asks the grains of the mail hosts in use for a share of their limits, beside the logins and runs of a silo, which use its base meanwhile.</summary>
internal sealed partial class HostShares(StartGates gates, IGrainFactory grains, TimeProvider time, ILogger<HostShares> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250), AnswerWithin = TimeSpan.FromSeconds(5);

    /// <summary>Grains asked at once.</summary>
    private const int AtOnce = 64;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var timer = time.CreateTimer(_ => gates.Hosts.Nudge(), null, Between, Between);
        try
        {
            await foreach (var _ in gates.Hosts.Nudges.ReadAllAsync(stoppingToken))
            {
                var failed = new ConcurrentQueue<(string Host, Exception Fault)>();
                await Parallel.ForEachAsync(gates.Hosts.Due(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (asking, _) => await AskAsync(asking, failed));
                if (failed.TryPeek(out var one)) LogFailed(one.Fault, failed.Count, one.Host);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <param name="asking">Of one host.</param>
    /// <param name="failed">Hosts whose grain could be asked the last time, and now could not.</param>
    private async Task AskAsync(HostAsking asking, ConcurrentQueue<(string Host, Exception Fault)> failed)
    {
        var grain = grains.MailHost(asking.Host.Name);
        var told = 0;
        try
        {
            for (; told < asking.Reports.Count; told++) await asking.Reports[told](grain).WaitAsync(AnswerWithin, time);
            gates.Hosts.Took(asking, await grain.Lend(asking.Demand).WaitAsync(AnswerWithin, time));
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException or StorageFaultException)
        {
            if (gates.Hosts.Failed(asking, told)) failed.Enqueue((asking.Host.Name, fault));
        }
    }

    [LoggerMessage(LogLevel.Warning, "The grains of {Count} mail hosts could not be asked, {Host} among them; this process keeps to its base share there")]
    private partial void LogFailed(Exception fault, int count, string host);
}
