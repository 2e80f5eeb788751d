using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Postmill.Domain.Hosts;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Hosts;

/// <summary>Asks the grains of the mail hosts in use for a share of their limits, beside the logins and runs, which never wait for an answer.</summary>
internal sealed partial class HostShares(StartGates gates, IGrainFactory grains, TimeProvider time, ILogger<HostShares> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(250), AnswerWithin = TimeSpan.FromSeconds(5);

    /// <summary>Grains asked at once.</summary>
    private const int AtOnce = 64;

    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var timer = time.CreateTimer(_ => gates.Hosts.Nudge(), null, Between, Between);
        try
        {
            await foreach (var _ in gates.Hosts.Nudges.ReadAllAsync(stoppingToken))
                await Parallel.ForEachAsync(gates.Hosts.Due(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken }, async (asking, _) => await AskAsync(asking));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task AskAsync(HostAsking asking)
    {
        var grain = grains.MailHost(asking.Host.Name);
        try
        {
            foreach (var report in asking.Reports) await report(grain);
            gates.Hosts.Took(asking, await grain.Lend(asking.Demand).WaitAsync(AnswerWithin, time));
            _failing = false;
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException or StorageFaultException)
        {
            gates.Hosts.Failed(asking);
            if (!_failing) LogFailed(fault, asking.Host.Name);
            _failing = true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The grain of the mail host {Host} could not be asked; this process keeps to its base share")]
    private partial void LogFailed(Exception fault, string host);
}
