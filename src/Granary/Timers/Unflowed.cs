namespace Granary.Timers;

/// <summary>Makes timers that inherit nothing from whoever makes them: no request, no trace, no activation.</summary>
internal static class Unflowed
{
    public static ITimer CreateTimer(TimeProvider time, TimerCallback callback, object state, TimeSpan dueTime, TimeSpan period)
    {
        if (ExecutionContext.IsFlowSuppressed()) return time.CreateTimer(callback, state, dueTime, period);
        using var suppressed = ExecutionContext.SuppressFlow();
        return time.CreateTimer(callback, state, dueTime, period);
    }
}
