using Granary.Activations;
using Granary.Cluster;
using Granary.Metrics;
using Granary.Timers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Transport;

/// <summary>Ends, in order and at a bounded rate, the activations of grains that belong to another silo since the view changed.</summary>
internal sealed class ActivationMover(
    ActivationDirectory directory,
    ISiloView view,
    TimeProvider time,
    IOptions<TransportOptions> options,
    ILogger<ActivationMover> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private IReadOnlyList<SiloMember>? _seen;
    private IReadOnlyList<SiloMember>? _settled;
    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = Unflowed.CreateTimer(time, static state => ((ActivationMover)state!).Move(), this, Period, Period);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Move()
    {
        lock (_gate)
        {
            var active = view.Active;
            if (ReferenceEquals(active, _settled)) return;
            var moved = directory.EndForeign(options.Value.MovesPerSecond);
            // Once more after nothing was left: an activation that began by the old view may have come behind our back.
            if (moved == 0 && ReferenceEquals(active, _seen)) _settled = active;
            _seen = active;
            if (moved == 0) return;
            GranaryMetrics.Moved.Add(moved);
            logger.Moving(moved);
        }
    }
}
