using Postmill.Domain.Access;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;
using Postmill.Grains.Jobs;

namespace Postmill.Adapters.Tests.Jobs;

internal static class JobGiven
{
    public static Job Of(Guid account, DateTimeOffset now, string kind = JobKinds.SyncMessages, JobCause cause = JobCause.User) => new()
    {
        Id = Guid.CreateVersion7(now),
        TaskId = Guid.CreateVersion7(now),
        AccountId = account,
        Kind = kind,
        Cause = cause,
        State = JobState.Queued,
        NextRunAt = now,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>A failed automatic run: the schedule's job and its line.</summary>
    public static JobChanges Ladder(Claim claim, JobState state, DateTimeOffset now, int attempt = 1) => new()
    {
        At = now,
        Schedule = Of(claim.AccountId, now, cause: JobCause.Schedule) with
        {
            State = state,
            AttemptCount = attempt,
            LastErrorCode = SyncFailure.Unreachable,
            LastErrorDetail = "nobody there",
            NextRunAt = state == JobState.Retrying ? now.AddMinutes(1) : null,
            StartedAt = now,
            EndedAt = state == JobState.Failed ? now : null,
        },
        Lines = [new AuditLine(claim.UserId, claim.AccountId, "schedule", "sync.failed", claim.AccountId.ToString(), "failed") { Code = SyncFailure.Unreachable }],
    };

    public static AuditLine Line(Guid user, Job job, string action = "task.requested") => new(user, job.AccountId, $"user:{user}", action, job.Id.ToString(), "done");
}
