using System.Collections.Frozen;
using Postmill.Domain.Sync;

namespace Postmill.Domain.Jobs;

/// <summary>
/// The state machine of a job. Pure: job and moment in, job out.
/// <code>
///             claimed               success
///   queued ────────────► running ─────────────────────────────────► succeeded
///     ▲  ▲                │ │ │  failure that may pass: +1, +5, +15 min     ▲
///     │  └────────────────┘ │ └─────────────► retrying ─────────────────────┤ (a later run of the account succeeded)
///     │   owner lost        │                 │  │ due or retry             │
///     │                     │ lasting failure,│  └──► running               │
///     │                     │ or the last one │                             │
///     │       retry         ▼                 │                             │
///     ├──────────────── failed ◄──────────────┘ ── resolve, or a later success ──► resolved
///     │       retry         ▼ nobody can tell                               ▲
///     ├─────────────── uncertain ───────────── resolve ─────────────────────┘
///     │       retry
///     └─────────────── cancelled ◄── cancel from queued, running, retrying (not the schedule's own)
/// </code>
/// Jobs of the schedule (causes connect and schedule) take state, attempts and next run from the account's ladder (<see cref="SyncPolicy"/>), whatever the code:
/// what they show is what will happen. A mail that is held up while it is queued may be retried too: it is tried at once.
/// </summary>
public static class JobPolicy
{
    /// <summary>Waits after the first, second, third failure of a job that a person asked for.</summary>
    public static readonly IReadOnlyList<TimeSpan> Waits = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];

    public static readonly int MostAttempts = Waits.Count + 1;

    /// <summary>Characters of a server's words that are kept with a job.</summary>
    public const int MostDetail = 2_000;

    /// <summary>More mail than the settings let one export have.</summary>
    public const string ExportTooLarge = "export_too_large";

    private static readonly FrozenSet<string> Lasting =
        new[] { SyncFailure.AuthFailed, SyncFailure.TlsFailed, "configuration", "validation_failed", "not_found", ExportTooLarge }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Trying again would fail again: wrong password, TLS that the settings refuse, something that is not there.</summary>
    public static bool IsLasting(string code) => Lasting.Contains(code);

    /// <summary>Somebody or the schedule still does something about it.</summary>
    public static bool IsOpen(JobState state) => state is JobState.Queued or JobState.Running or JobState.Retrying;

    /// <summary>The account's ladder decides, not the job's own attempts.</summary>
    public static bool IsOfSchedule(JobCause cause) => cause is JobCause.Connect or JobCause.Schedule;

    public static Job OnStarted(Job job, DateTimeOffset now) => job with
    {
        State = JobState.Running,
        AttemptCount = job.AttemptCount + 1,
        NextRunAt = null,
        StartedAt = now,
        EndedAt = null,
        UpdatedAt = now,
    };

    public static Job OnSucceeded(Job job, int? newMessages, DateTimeOffset now) => job with
    {
        State = JobState.Succeeded,
        NextRunAt = null,
        NewMessages = newMessages,
        EndedAt = now,
        UpdatedAt = now,
    };

    public static Job OnFailed(Job job, SyncFailure failure, DateTimeOffset now)
    {
        var failed = job with { LastErrorCode = failure.Code, LastErrorDetail = Cut(failure.Text), UpdatedAt = now };
        if (IsLasting(failure.Code) || job.AttemptCount >= job.MaxAttempts)
            return failed with { State = JobState.Failed, NextRunAt = null, EndedAt = now };
        var rung = Math.Clamp(job.AttemptCount - 1, 0, Waits.Count - 1);
        return failed with { State = JobState.Retrying, NextRunAt = now + Waits[rung] };
    }

    /// <summary>The attempt ended without a verdict (owner lost, drained, storage away).</summary>
    public static Job OnAbandoned(Job job, DateTimeOffset nextRunAt, DateTimeOffset now) => job with
    {
        State = job.LastErrorCode is null ? JobState.Queued : JobState.Retrying,
        NextRunAt = nextRunAt,
        UpdatedAt = now,
    };

    /// <summary>How the job of the schedule stands after a failed automatic run left the account at <paramref name="state"/>.</summary>
    public static Job OnLadder(Job job, SyncState state, SyncFailure failure, SyncCadence cadence, DateTimeOffset now) => job with
    {
        State = state.NextSyncAt is null ? JobState.Failed : JobState.Retrying,
        AttemptCount = Math.Max(1, state.FailedRuns),
        MaxAttempts = cadence.Ladder.Count + 1,
        LastErrorCode = failure.Code,
        LastErrorDetail = Cut(failure.Text),
        NextRunAt = state.NextSyncAt,
        EndedAt = state.NextSyncAt is null ? now : null,
        UpdatedAt = now,
    };

    /// <summary>Runs it now; attempts begin to count anew. It is the person's job from here on, also one that the schedule made.</summary>
    public static JobDecision OnRetry(Job job, DateTimeOffset now) => job.State is JobState.Failed or JobState.Uncertain or JobState.Cancelled or JobState.Retrying || IsHeld(job)
        ? new JobDecision.Changed(job with
        {
            State = JobState.Queued,
            Cause = JobCause.User,
            MaxAttempts = Math.Max(job.MaxAttempts, job.AttemptCount + MostAttempts),
            NextRunAt = now,
            EndedAt = null,
            UpdatedAt = now,
        })
        : Refuse(JobRefusal.NotRetryable, $"a job that is {job.State.Word()} cannot be retried");

    /// <summary>A mail that waits because sending stands still, and not for its own time.</summary>
    private static bool IsHeld(Job job) => job is { Kind: JobKinds.SendMessage, State: JobState.Queued, LastErrorCode: not null };

    /// <summary>A person settled it otherwise.</summary>
    public static JobDecision OnResolve(Job job, DateTimeOffset now) => job.State is JobState.Failed or JobState.Uncertain
        ? new JobDecision.Changed(job with { State = JobState.Resolved, NextRunAt = null, EndedAt = job.EndedAt ?? now, UpdatedAt = now })
        : Refuse(JobRefusal.NotResolvable, $"a job that is {job.State.Word()} has nothing to resolve");

    public static JobDecision OnCancel(Job job, DateTimeOffset now)
    {
        if (!IsOpen(job.State)) return Refuse(JobRefusal.NotCancellable, $"a job that is {job.State.Word()} cannot be cancelled");
        return IsOfSchedule(job.Cause)
            ? Refuse(JobRefusal.NotCancellable, "the account's own schedule cannot be cancelled; disconnect the account to end it")
            : new JobDecision.Changed(job with { State = JobState.Cancelled, NextRunAt = null, EndedAt = now, UpdatedAt = now });
    }

    /// <summary>Null: a new job of the task may begin.</summary>
    public static JobRefusal? OnTrigger(string kind, JobState? newest) => kind == JobKinds.SendMessage
        ? new JobRefusal(JobRefusal.TaskNotRepeatable, "a mail is not sent twice; retry its job, or send it anew")
        : kind == JobKinds.ExportMessages
        ? new JobRefusal(JobRefusal.TaskNotRepeatable, "an export is made once; retry its job, or ask for another one")
        : newest is { } state && IsOpen(state)
        ? new JobRefusal(JobRefusal.TaskActive, $"the task has a job that is {state.Word()}")
        : null;

    private static JobDecision.Refused Refuse(string code, string text) => new(new JobRefusal(code, text));

    private static string Cut(string text) => text.Length <= MostDetail ? text : text[..MostDetail];
}
