using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Postmill.Host.Health;

/// <summary>Healthy between the end of the start and the beginning of the drain.</summary>
internal sealed class PhaseCheck(Startup startup) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var phase = startup.Phase;
        var name = phase.ToString().ToLowerInvariant();
        return Task.FromResult(phase == StartupPhase.Ready ? HealthCheckResult.Healthy(name) : HealthCheckResult.Unhealthy(name));
    }
}
