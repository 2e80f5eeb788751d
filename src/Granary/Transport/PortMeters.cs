using System.Diagnostics.Metrics;

namespace Granary.Transport;

/// <summary>
/// The meters of the server at the silo's own port, called <c>Granary.Microsoft.AspNetCore.…</c>: under the usual names its calls would be counted with the requests of the
/// host's own server.
/// </summary>
internal sealed class PortMeters : IMeterFactory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        lock (_gate)
            return _meters.TryGetValue(options.Name, out var known) ? known : _meters[options.Name] = new Meter($"Granary.{options.Name}", options.Version, options.Tags, this);
    }

    public void Dispose()
    {
        lock (_gate)
            foreach (var meter in _meters.Values) meter.Dispose();
    }
}
