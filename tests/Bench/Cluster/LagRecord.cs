using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Postmill.Grains.Sync;

namespace Postmill.Bench.Cluster;

/// <summary>Every lag that the silo measures, from one asking to the next.</summary>
internal sealed class LagRecord : IDisposable
{
    private readonly MeterListener _listener = new();
    private ConcurrentQueue<double> _seconds = new();

    public LagRecord()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SyncMetrics.MeterName && instrument.Name == "postmill.sync.lag") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _seconds.Enqueue(seconds));
        _listener.Start();
    }

    public double[] Take() => [.. Interlocked.Exchange(ref _seconds, new ConcurrentQueue<double>())];

    public void Dispose() => _listener.Dispose();
}
