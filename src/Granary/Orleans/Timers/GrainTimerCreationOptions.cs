using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>When a grain timer ticks, and how its ticks count.</summary>
public readonly struct GrainTimerCreationOptions()
{
    /// <summary>With the given times.</summary>
    /// <param name="dueTime">Time to the first tick.</param>
    /// <param name="period">Time from the end of one tick to the next.</param>
    [SetsRequiredMembers]
    public GrainTimerCreationOptions(TimeSpan dueTime, TimeSpan period) : this()
    {
        DueTime = dueTime;
        Period = period;
    }

    /// <summary>Time to the first tick; <see cref="Timeout.InfiniteTimeSpan"/> for none, zero for now.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>Time from the end of one tick to the next; <see cref="Timeout.InfiniteTimeSpan"/> for a single tick.</summary>
    public required TimeSpan Period { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether a tick may start while a call runs. Default false: a tick is a turn of its own.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether ticks keep the activation from idle collection. Default false.</summary>
    public bool KeepAlive { get; init; }
}
