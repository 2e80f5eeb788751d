using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Postmill.Grains.Jobs;

/// <summary>Settings section <c>Postmill:Jobs</c>.</summary>
public sealed class JobOptions
{
    [Description("Which runs of the schedule that succeeded leave a job behind: none, those with news, or all. Failures always do.")]
    public TimerRuns KeepTimerRuns { get; init; } = TimerRuns.None;

    [Description("Days a job that has ended is kept.")]
    [Range(1, 3650)]
    public int KeepDays { get; init; } = 30;

    [Description("Days a line of the log is kept.")]
    [Range(1, 3650)]
    public int KeepLogDays { get; init; } = 90;

    [Description("Minutes between two prunings of jobs and log on a silo.")]
    [Range(1, 1_440)]
    public int PruneMinutes { get; init; } = 60;

    [Description("Rows removed by one statement of a pruning: a few milliseconds each.")]
    [Range(1, 100_000)]
    public int PruneBatch { get; init; } = 1_000;

    [Description("Seconds between two looks for jobs that are due.")]
    [Range(0.1, 60)]
    public double SweepSeconds { get; init; } = 2;

    [Description("Most jobs one look takes; a full look is followed by the next at once.")]
    [Range(1, 10_000)]
    public int SweepBatch { get; init; } = 200;

    [Description("Calls to accounts that one silo's look has under way at once.")]
    [Range(1, 1_000)]
    public int SweepCalls { get; init; } = 32;

    [Description("Seconds for which every silo's look leaves a job alone that one of them took.")]
    [Range(0.1, 600)]
    public double SweepPauseSeconds { get; init; } = 6;

    [Description("Milliseconds that a request waits for the account to hear of its job; it hears of it from the next look otherwise.")]
    [Range(1, 10_000)]
    public int TellMilliseconds { get; init; } = 200;
}

/// <summary>Which successful runs of the schedule are kept as jobs.</summary>
public enum TimerRuns { None, News, All }
