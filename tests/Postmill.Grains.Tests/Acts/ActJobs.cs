using Postmill.Domain.Jobs;

namespace Postmill.Grains.Tests.Acts;

internal static class ActJobs
{
    public static Job Of(string kind, DateTimeOffset now, JobState state = JobState.Queued, int attempts = 0) => new()
    {
        Id = Guid.CreateVersion7(now),
        TaskId = Guid.NewGuid(),
        AccountId = Guid.NewGuid(),
        Kind = kind,
        Cause = JobCause.User,
        State = state,
        AttemptCount = attempts,
        NextRunAt = now,
        CreatedAt = now,
        UpdatedAt = now,
    };
}
