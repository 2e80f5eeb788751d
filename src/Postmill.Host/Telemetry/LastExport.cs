using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Postmill.Host.Telemetry;

/// <summary>Sends what was counted last, and does not wait for a collector longer than its limit.</summary>
internal sealed class LastExport(TelemetrySettings settings, CollectorWatch watch, IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        watch.LogBegan(settings.MetricsAddress()!);
        return Task.CompletedTask;
    }

    // Both block; not on this thread.
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() =>
    {
        services.GetRequiredService<MeterProvider>().Shutdown(settings.TimeoutSeconds * 1_000);
        services.GetService<TracerProvider>()?.Shutdown(settings.TimeoutSeconds * 1_000);
    }, CancellationToken.None);
}
