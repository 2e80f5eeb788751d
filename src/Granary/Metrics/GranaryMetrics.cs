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

    public static Counter<long> Moved { get; } = Meter.CreateCounter<long>("granary.activations.moved", "{activation}", "Activations ended because their grain belongs to another silo now.");

    public static Counter<long> LeasesLost { get; } = Meter.CreateCounter<long>("granary.lease.lost", "{lease}", "Leases lost before they were given back: the silo's work stopped.");

    public static Counter<long> RenewalsFailed { get; } = Meter.CreateCounter<long>("granary.lease.renewals.failed", "{attempt}", "Attempts to get or renew the lease that failed.");

    public static Counter<long> RemoteCalls { get; } = Meter.CreateCounter<long>("granary.remote.calls", "{call}", "Attempts to call another silo.");

    public static Counter<long> RemoteRetries { get; } = Meter.CreateCounter<long>("granary.remote.retries", "{call}", "Calls tried again because they had had no effect.");

    public static Counter<long> RemoteLost { get; } = Meter.CreateCounter<long>("granary.remote.lost", "{call}", "Calls to another silo whose outcome nobody knows.");

    public static Counter<long> RemoteRefused { get; } = Meter.CreateCounter<long>("granary.remote.refused", "{call}", "Calls of other silos refused at the port, by status.");

    public static Histogram<double> RemoteDuration { get; } = Meter.CreateHistogram<double>("granary.remote.duration", "s", "Time from sending a call to another silo to its answer.");
}
