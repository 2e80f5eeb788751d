namespace Postmill.Host.Start;

/// <summary>
/// The calendar of the cluster: this machine's clock, set right by the database's. Schedules, windows and expiries are columns that another silo reads, so a
/// silo whose clock is an hour off would make mailboxes wait for an hour at the next owner. What measures spans (timers, stopwatches) is left alone.
/// </summary>
internal sealed class StorageClock(TimeProvider machine) : TimeProvider
{
    private long _offset;

    /// <summary>The clock that is corrected.</summary>
    public TimeProvider Machine => machine;

    /// <summary>What is added to the machine's clock.</summary>
    public TimeSpan Offset
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _offset));
        set => Volatile.Write(ref _offset, value.Ticks);
    }

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow() + Offset;

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => machine.CreateTimer(callback, state, dueTime, period);
}
