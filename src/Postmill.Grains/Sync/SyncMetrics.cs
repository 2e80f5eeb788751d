using System.Diagnostics.Metrics;

namespace Postmill.Grains.Sync;

/// <summary>Meter <c>Postmill.Sync</c>: ownership, the schedule's lag, the gates before runs and logins.</summary>
public sealed class SyncMetrics : IDisposable
{
    public const string MeterName = "Postmill.Sync";

    private readonly Meter _meter;
    private readonly Counter<long> _claimed;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _lag;
    private readonly UpDownCounter<long> _waiting;
    private readonly UpDownCounter<long> _inside;

    public SyncMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _claimed = _meter.CreateCounter<long>("postmill.accounts.claimed", "{account}", "Accounts taken over by this silo");
        _refused = _meter.CreateCounter<long>("postmill.fence.refused", "{write}", "Writes refused because another owner or epoch is in force");
        _lag = _meter.CreateHistogram<double>("postmill.sync.lag", "s", "From the moment an automatic run was due to its start, by cause");
        _waiting = _meter.CreateUpDownCounter<long>("postmill.sync.waiting", "{start}", "Starts that wait at a gate");
        _inside = _meter.CreateUpDownCounter<long>("postmill.sync.inside", "{start}", "Logins and runs that passed a gate and are not over");
    }

    public void Claimed() => _claimed.Add(1);

    public void WriteRefused() => _refused.Add(1);

    public void Started(string cause, TimeSpan lag) => _lag.Record(lag.TotalSeconds, new KeyValuePair<string, object?>("cause", cause));

    public void Waiting(string gate, int more) => _waiting.Add(more, new KeyValuePair<string, object?>("gate", gate));

    public void Inside(string gate, int more) => _inside.Add(more, new KeyValuePair<string, object?>("gate", gate));

    public void Dispose() => _meter.Dispose();
}
