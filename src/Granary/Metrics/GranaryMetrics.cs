using System.Diagnostics.Metrics;

namespace Granary.Metrics;

/// <summary>Instruments of the meter <c>Granary</c>.</summary>
internal static class GranaryMetrics
{
    private static readonly Meter Meter = new("Granary");

    public static UpDownCounter<int> Activations { get; } = Meter.CreateUpDownCounter<int>("granary.activations", "{activation}", "Activations alive.");

    public static Counter<long> Calls { get; } = Meter.CreateCounter<long>("granary.calls", "{call}", "Calls sent.");

    public static Counter<long> Timeouts { get; } = Meter.CreateCounter<long>("granary.calls.timed_out", "{call}", "Calls whose caller gave up waiting.");

    public static Counter<long> Rejected { get; } = Meter.CreateCounter<long>("granary.calls.rejected", "{call}", "Calls refused before they began.");

    public static UpDownCounter<int> Queued { get; } = Meter.CreateUpDownCounter<int>("granary.queue", "{call}", "Calls waiting for their turn.");

    public static UpDownCounter<int> Enumerations { get; } = Meter.CreateUpDownCounter<int>("granary.streams", "{stream}", "Grain streams open.");
}
