using Microsoft.AspNetCore.Hosting.Server;
using Postmill.Host.Health;
using Postmill.Host.Http;

namespace Postmill.Host.Start;

/// <summary>
/// The end, in order: readiness off, a moment for load balancers to see it, running requests; then the engine hears of it and ends its grains, then the
/// host stops its services. The server stops here and not in its own turn because it was the first to start, for /health/startup.
/// </summary>
internal sealed class Drain(Startup startup, IServer server, IHostApplicationLifetime lifetime, HttpSettings settings, TimeProvider clock) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        startup.Enter(StartupPhase.Ready);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        startup.Enter(StartupPhase.Draining);
        if (settings.DrainDelaySeconds > 0) await Task.Delay(TimeSpan.FromSeconds(settings.DrainDelaySeconds), clock, cancellationToken);
        lifetime.StopApplication(); // long-lived connections end by this token; a signal has fired it already
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(settings.DrainTimeoutSeconds), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await server.StopAsync(either.Token); // cuts what has not ended by then
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
