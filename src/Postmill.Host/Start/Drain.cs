using Microsoft.AspNetCore.Hosting.Server;
using Postmill.Grains;
using Postmill.Grains.Placement;
using Postmill.Host.Cluster;
using Postmill.Host.Health;
using Postmill.Host.Http;
using Postmill.Host.Live;

namespace Postmill.Host.Start;

/// <summary>
/// The end, in order: readiness off and a moment for load balancers to see it, sweeps, sockets, running requests, what waits long inside grains; then the host stops its services, and
/// Orleans with them: activations end, and the silo leaves the membership. All that is named here happens before any service is stopped, because that order is another one: of registration.
/// </summary>
internal sealed partial class Drain(
    Startup startup, IServer server, LiveSockets sockets, ThisNode node, IServiceProvider services, IHostApplicationLifetime lifetime, HttpSettings settings, TimeProvider clock, ILogger<Drain> logger)
    : IHostedLifecycleService
{
    /// <summary>What a step may take beside the time that it waits by design.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        startup.Enter(StartupPhase.Ready);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => RunAsync().WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RunAsync()
    {
        foreach (var stage in Steps().GroupBy(s => s.Stage).OrderBy(g => g.Key)) await Task.WhenAll(stage.Select(RunAsync));
    }

    /// <summary>The edge where a failed or slow part of the end is logged; the end goes on.</summary>
    private async Task RunAsync(DrainStep step)
    {
        using var timeout = new CancellationTokenSource(step.Within, clock);
        try
        {
            await step.Action(timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception fault)
        {
            LogStepFailed(fault, step.Stage, step.Name);
        }
    }

    private IReadOnlyList<DrainStep> Steps() =>
    [
        new(DrainStage.Readiness, "readiness", TimeSpan.FromSeconds(settings.DrainDelaySeconds) + Margin, CloseToNewWorkAsync),
        .. services.GetServices<IHostedService>().OfType<ISweeper>().Select(s => new DrainStep(DrainStage.Sweeps, s.GetType().Name, Margin, s.StopAsync)),
        new(DrainStage.Connections, "sockets and requests", sockets.CloseTime + TimeSpan.FromSeconds(settings.DrainTimeoutSeconds) + Margin, EndConnectionsAsync),
        new(DrainStage.Waits, "waits inside grains", Margin, LetWaitsGoAsync),
    ];

    private async Task CloseToNewWorkAsync(CancellationToken cancellationToken)
    {
        startup.Enter(StartupPhase.Draining);
        await node.DrainingAsync(cancellationToken);
        if (settings.DrainDelaySeconds > 0) await Task.Delay(TimeSpan.FromSeconds(settings.DrainDelaySeconds), clock, cancellationToken);
    }

    private async Task EndConnectionsAsync(CancellationToken cancellationToken)
    {
        await sockets.CloseAsync(cancellationToken);
        lifetime.StopApplication(); // whatever else is long-lived ends by this token; a signal has fired it already
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(settings.DrainTimeoutSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await server.StopAsync(either.Token); // cuts what has not ended by then
    }

    private Task LetWaitsGoAsync(CancellationToken cancellationToken)
    {
        services.GetRequiredService<LocalGrains>().Leave();
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Warning, "Draining: \"{Name}\" of stage {Stage} did not end in time or failed")]
    private partial void LogStepFailed(Exception fault, DrainStage stage, string name);
}
