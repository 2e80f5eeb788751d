namespace Postmill.Domain.Jobs;

/// <summary>One run of a task, with its attempts; a row.</summary>
public sealed record Job
{
    public required Guid Id { get; init; }

    public required Guid TaskId { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>One of <see cref="JobKinds"/>.</summary>
    public required string Kind { get; init; }

    public required JobCause Cause { get; init; }

    public required JobState State { get; init; }

    /// <summary>Attempts begun. One that was lost with its silo counts, and is judged by nobody.</summary>
    public int AttemptCount { get; init; }

    public int MaxAttempts { get; init; } = JobPolicy.MostAttempts;

    /// <summary>Of the last attempt that failed; stays when a later one succeeds.</summary>
    public string? LastErrorCode { get; init; }

    public string? LastErrorDetail { get; init; }

    /// <summary>When it runs, or runs again, by itself; null: never.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>Messages that the run stored for the first time.</summary>
    public int? NewMessages { get; init; }

    /// <summary>How far it has come; null: it does not count.</summary>
    public JobProgress? Progress { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Of the last attempt.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
