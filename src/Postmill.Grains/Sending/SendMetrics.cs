using System.Diagnostics.Metrics;
using Postmill.Domain.Jobs;

namespace Postmill.Grains.Sending;

/// <summary>Meter <c>Postmill.Sending</c>: what became of mails, and how long they waited.</summary>
public sealed class SendMetrics : IDisposable
{
    public const string MeterName = "Postmill.Sending";

    private readonly Meter _meter;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _pauses;
    private readonly UpDownCounter<long> _sessions;
    private readonly Histogram<double> _latency;

    public SendMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _attempts = _meter.CreateCounter<long>("postmill.mail.attempts", "{attempt}", "Attempts to send a mail, by the state that the job has after it");
        _pauses = _meter.CreateCounter<long>("postmill.mail.pauses", "{pause}", "Times that an account's sending stood still, by the code of the failure");
        _sessions = _meter.CreateUpDownCounter<long>("postmill.smtp.sessions", "{session}", "SMTP sessions that are open");
        _latency = _meter.CreateHistogram<double>("postmill.mail.latency", "s", "From the moment a mail was due to the server's acceptance");
    }

    public void Attempted(Job job, DateTimeOffset? due, DateTimeOffset now)
    {
        _attempts.Add(1, new KeyValuePair<string, object?>("state", job.State.Word()));
        if (job.State == JobState.Succeeded && due is { } since) _latency.Record((now - since).TotalSeconds);
    }

    public void Paused(string code) => _pauses.Add(1, new KeyValuePair<string, object?>("code", code));

    public void Sessions(int more) => _sessions.Add(more);

    public void Dispose() => _meter.Dispose();
}
