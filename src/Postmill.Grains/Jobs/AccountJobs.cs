using System.Text.Json;
using Postmill.Domain.Access;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Jobs;

/// <summary>
/// What the owner of an account knows of its jobs, and what a run's start and end do to them. A run of the schedule that finds nothing, with nothing standing open, says
/// null: it writes no job and asks for none. Belongs to the grain's turns.
/// </summary>
internal sealed class AccountJobs(Claim claim, SyncCadence cadence, JobOptions options, bool open)
{
    private readonly List<Job> _bound = [];
    // Rows may stand open or failed that the next success has to end. True once too often costs one statement.
    private bool _open = open;

    /// <summary>Jobs of people that the run which is going serves.</summary>
    public IReadOnlyList<Job> Bound => _bound;

    public void Bind(IEnumerable<Job> running)
    {
        _bound.AddRange(running);
        _open = true;
    }

    public Job? Find(Guid jobId) => _bound.Find(job => job.Id == jobId);

    public void Unbind(Job job) => _bound.RemoveAll(bound => bound.Id == job.Id);

    /// <summary>A write whose outcome is not known may have left rows.</summary>
    public void Doubt() => _open = true;

    /// <param name="state">Before the run.</param>
    public JobChanges? Starting(SyncCause cause, SyncState state, DateTimeOffset now)
    {
        switch (cause)
        {
            case SyncCause.Post:
                var post = JobPolicy.OnStarted(NewJob(JobCause.Post, now) with { MaxAttempts = 1 }, now);
                Bind([post]);
                return new JobChanges { At = now, Added = [post] };
            case SyncCause.Task:
                return null;
            case SyncCause.Connected:
            case SyncCause.Adopted when state.FirstSyncedAt is null:
                _open = true;
                var connect = NewJob(JobCause.Connect, now) with { AttemptCount = state.FailedRuns, MaxAttempts = cadence.Ladder.Count + 1 };
                return new JobChanges { At = now, Schedule = JobPolicy.OnStarted(connect, now) };
            default:
                return _open ? new JobChanges { At = now, ScheduleRuns = true } : null;
        }
    }

    /// <param name="scope">What the run did.</param>
    /// <param name="trouble">The failure that stood before it.</param>
    public JobChanges? Succeeded(SyncCause cause, RunScope scope, SyncResult result, SyncFailure? trouble, DateTimeOffset now)
    {
        var whole = scope == RunScope.Everything;
        var kept = IsKept(cause, result);
        if (!_open && !kept) return null;
        return new JobChanges
        {
            At = now,
            Ended = [.. _bound.Select(job => JobPolicy.OnSucceeded(job, job.Kind == JobKinds.SyncMessages ? result.NewMessages : null, now))],
            Added = kept ? [JobPolicy.OnSucceeded(JobPolicy.OnStarted(NewJob(JobCause.Schedule, now), now), result.NewMessages, now)] : [],
            Served = !_open ? [] : whole ? JobKinds.OfRun : JobKinds.OfListing,
            Lines = whole && trouble is not null ? [Line(cause, "sync.recovered", "done", null, "{}")] : [],
        };
    }

    /// <param name="after">The account as the failure leaves it.</param>
    public JobChanges Failed(SyncCause cause, SyncState after, SyncFailure failure, DateTimeOffset now)
    {
        _open = true;
        var ofSchedule = cause is not (SyncCause.Post or SyncCause.Task);
        return new JobChanges
        {
            At = now,
            Ended = [.. _bound.Select(job => JobPolicy.OnFailed(job, failure, now))],
            Schedule = ofSchedule ? JobPolicy.OnLadder(NewJob(JobCause.Schedule, now) with { StartedAt = now }, after, failure, cadence, now) : null,
            ScheduleMovedTo = ofSchedule || after.FailedRuns == 0 ? null : after.NextSyncAt,
            BackAt = now + cadence.Ladder[0],
            Lines = [Line(cause, "sync.failed", "failed", failure.Code, Detail(failure, after))],
        };
    }

    /// <summary>The run ended without a verdict.</summary>
    public JobChanges? Abandoned(SyncState after, DateTimeOffset now) => !_open ? null : new JobChanges
    {
        At = now,
        Ended = [.. _bound.Select(job => JobPolicy.OnAbandoned(job, now + cadence.Ladder[0], now))],
        BackAt = after.NextSyncAt ?? now + cadence.Ladder[0],
    };

    /// <summary>What <paramref name="changes"/> said is saved.</summary>
    public void Saved(JobChanges? changes)
    {
        _bound.Clear();
        if (changes?.Served.Count == JobKinds.OfRun.Count) _open = false;
    }

    private bool IsKept(SyncCause cause, SyncResult result) => cause is SyncCause.Timer or SyncCause.Adopted && !_open && options.KeepTimerRuns switch
    {
        TimerRuns.None => false,
        TimerRuns.News => result.NewMessages > 0,
        TimerRuns.All => true,
        _ => throw new InvalidOperationException($"unknown setting {options.KeepTimerRuns}"),
    };

    private Job NewJob(JobCause cause, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        TaskId = Guid.CreateVersion7(now),
        AccountId = claim.AccountId,
        Kind = JobKinds.SyncMessages,
        Cause = cause,
        State = JobState.Queued,
        CreatedAt = now,
        UpdatedAt = now,
    };

    private AuditLine Line(SyncCause cause, string action, string outcome, string? code, string detail) =>
        new(claim.UserId, claim.AccountId, Actor(cause), action, _bound.Count > 0 ? _bound[0].Id.ToString() : claim.AccountId.ToString(), outcome, detail) { Code = code };

    private string Actor(SyncCause cause) => cause is SyncCause.Post or SyncCause.Task ? $"user:{claim.UserId}" : "schedule";

    private static string Detail(SyncFailure failure, SyncState after) => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["text"] = failure.Text.Length <= JobPolicy.MostDetail ? failure.Text : failure.Text[..JobPolicy.MostDetail],
        ["next_sync_at"] = after.NextSyncAt is { } next ? Postmill.Domain.WireTime.Format(next) : null,
    });
}
