using Microsoft.AspNetCore.Hosting.Server;
using Postmill.Grains;
using Postmill.Host.Health;
using Postmill.Host.Http;
using Postmill.Host.Live;

namespace Postmill.Host.Start;

/// <summary>
/// The end, in order: readiness off and a moment for load balancers to see it, sweeps, sockets, running requests, then the engine's grains and its lease; then
/// the host stops its services. All of it happens before any service is stopped, because that order is another one: of registration.
/// </summary>
internal sealed class Drain(
    Startup startup, IServer server, LiveSockets sockets, IServiceProvider services, IHostApplicationLifetime lifetime, HttpSettings settings, TimeProvider clock)
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

    public Task StoppingAsync(CancellationToken cancellationToken) => EngineHosting.DrainAsync(services, Steps()).WaitAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IReadOnlyList<DrainStep> Steps() =>
    [
        new(DrainStage.Readiness, "readiness", TimeSpan.FromSeconds(settings.DrainDelaySeconds) + Margin, CloseToNewWorkAsync),
        .. services.GetServices<IHostedService>().OfType<ISweeper>().Select(s => new DrainStep(DrainStage.Sweeps, s.GetType().Name, Margin, s.StopAsync)),
        new(DrainStage.Connections, "sockets and requests", sockets.CloseTime + TimeSpan.FromSeconds(settings.DrainTimeoutSeconds) + Margin, EndConnectionsAsync),
    ];

    private Task CloseToNewWorkAsync(CancellationToken cancellationToken)
    {
        startup.Enter(StartupPhase.Draining);
        return settings.DrainDelaySeconds > 0 ? Task.Delay(TimeSpan.FromSeconds(settings.DrainDelaySeconds), clock, cancellationToken) : Task.CompletedTask;
    }

    private async Task EndConnectionsAsync(CancellationToken cancellationToken)
    {
        await sockets.CloseAsync(cancellationToken);
        lifetime.StopApplication(); // whatever else is long-lived ends by this token; a signal has fired it already
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(settings.DrainTimeoutSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await server.StopAsync(either.Token); // cuts what has not ended by then
    }
}
