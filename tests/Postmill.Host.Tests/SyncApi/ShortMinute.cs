namespace Postmill.Host.Tests.SyncApi;

/// <summary>Real time, except that a wait of exactly one minute (the longest that a POST waits for its run) is over at once.</summary>
public sealed class ShortMinute : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == TimeSpan.FromMinutes(1) ? TimeSpan.FromMilliseconds(1) : dueTime, period);
}
