using Postmill.Domain.Access;
using Postmill.Domain.Jobs;

namespace Postmill.Grains.Jobs;

/// <summary>What a run's start or end does to the account's jobs, in the transaction that saves the account. Parts that are null or empty cost nothing.</summary>
public sealed record JobChanges
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Jobs that are new with the task of each: a POST's, or a run of the schedule that is kept.</summary>
    public IReadOnlyList<Job> Added { get; init; } = [];

    /// <summary>Jobs that the run served, as they are now; one that is no longer running stays as it is.</summary>
    public IReadOnlyList<Job> Ended { get; init; } = [];

    /// <summary>The job of the schedule, as it is now: the open one becomes it, else it is made.</summary>
    public Job? Schedule { get; init; }

    /// <summary>The open job of the schedule runs again.</summary>
    public bool ScheduleRuns { get; init; }

    /// <summary>The next automatic run moved while the job of the schedule waits for it.</summary>
    public DateTimeOffset? ScheduleMovedTo { get; init; }

    /// <summary>These kinds were done: other jobs of them that wait for a next attempt succeeded, those that failed are resolved.</summary>
    public IReadOnlyList<string> Served { get; init; } = [];

    /// <summary>Other jobs that say they run, though nothing runs any more, are due again then.</summary>
    public DateTimeOffset? BackAt { get; init; }

    public IReadOnlyList<AuditLine> Lines { get; init; } = [];
}
