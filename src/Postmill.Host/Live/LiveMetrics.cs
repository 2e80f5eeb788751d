using System.Diagnostics.Metrics;

namespace Postmill.Host.Live;

/// <summary>Meter <c>Postmill.Live</c>.</summary>
internal sealed class LiveMetrics : IDisposable
{
    public const string MeterName = "Postmill.Live";

    private readonly Meter _meter;
    private readonly UpDownCounter<long> _sockets;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _fellBehind;
    private readonly Counter<long> _catchUps;
    private readonly Counter<long> _streamBreaks;
    private readonly Histogram<double> _delay;

    public LiveMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _sockets = _meter.CreateUpDownCounter<long>("postmill.live.sockets", "{socket}", "Sockets open on this silo");
        _frames = _meter.CreateCounter<long>("postmill.live.frames", "{frame}", "Event frames sent");
        _ended = _meter.CreateCounter<long>("postmill.live.ended", "{socket}", "Sockets ended, by reason and close code");
        _refused = _meter.CreateCounter<long>("postmill.live.refused", "{request}", "Requests refused before the upgrade, by code");
        _fellBehind = _meter.CreateCounter<long>("postmill.live.fell_behind", "{event}", "Times a socket's queue overflowed and it went back to the log");
        _catchUps = _meter.CreateCounter<long>("postmill.live.catch_up_pages", "{page}", "Pages of the log read by sockets");
        _streamBreaks = _meter.CreateCounter<long>("postmill.live.stream_breaks", "{event}", "Times a user's stream broke off and was followed again");
        _delay = _meter.CreateHistogram<double>("postmill.live.delay", "s", "From the writing of an event to its frame, live sockets only");
    }

    public void Opened() => _sockets.Add(1);

    public void Ended(string reason, int code)
    {
        _sockets.Add(-1);
        _ended.Add(1, new("reason", reason), new("code", code));
    }

    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));

    public void Sent(int frames) => _frames.Add(frames);

    public void Delay(TimeSpan delay) => _delay.Record(delay.TotalSeconds);

    public void FellBehind() => _fellBehind.Add(1);

    public void CaughtUp() => _catchUps.Add(1);

    public void StreamBroke() => _streamBreaks.Add(1);

    public void Dispose() => _meter.Dispose();
}
