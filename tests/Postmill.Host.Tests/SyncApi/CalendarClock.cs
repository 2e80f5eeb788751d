namespace Postmill.Host.Tests.SyncApi;

/// <summary>
/// The calendar stands still until a test turns it; timers and stopwatches run as ever. So a host works on it, and what it decides by the calendar
/// (window, ladder) is decided at moments the test chose.
/// </summary>
public sealed class CalendarClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public void Turn(TimeSpan by)
    {
        lock (_gate) _now += by;
    }
}
