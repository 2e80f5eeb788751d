using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;

namespace Postmill.Domain.Tests.Jobs;

public sealed class JobPolicyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 14, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, "retrying", 1)]
    [InlineData(2, "retrying", 5)]
    [InlineData(3, "retrying", 15)]
    [InlineData(4, "failed", null)]
    public void A_failure_that_may_pass_is_tried_again_after_1_5_and_15_minutes_and_then_no_more(int attempt, string state, int? minutes)
    {
        var job = Running() with { AttemptCount = attempt };
        var failed = JobPolicy.OnFailed(job, new SyncFailure(SyncFailure.Unreachable, "nobody there"), Noon);
        Assert.Equal(state, failed.State.Word());
        Assert.Equal(minutes is { } wait ? Noon.AddMinutes(wait) : null, failed.NextRunAt);
        Assert.Equal((SyncFailure.Unreachable, "nobody there", attempt), (failed.LastErrorCode, failed.LastErrorDetail, failed.AttemptCount));
        Assert.Equal(minutes is null ? Noon : null, failed.EndedAt);
    }

    [Theory]
    [InlineData(SyncFailure.AuthFailed, true)]
    [InlineData(SyncFailure.TlsFailed, true)]
    [InlineData("configuration", true)]
    [InlineData("validation_failed", true)]
    [InlineData("not_found", true)]
    [InlineData(SyncFailure.Unreachable, false)]
    [InlineData(SyncFailure.ProtocolError, false)]
    [InlineData(SyncFailure.TimedOut, false)]
    public void A_lasting_failure_fails_at_once(string code, bool lasting)
    {
        var failed = JobPolicy.OnFailed(Running(), new SyncFailure(code, "because"), Noon);
        Assert.Equal(lasting ? JobState.Failed : JobState.Retrying, failed.State);
        Assert.Equal(lasting, failed.NextRunAt is null);
    }

    [Fact]
    public void A_server_that_says_a_lot_is_cut_short()
    {
        var failed = JobPolicy.OnFailed(Running(), new SyncFailure(SyncFailure.ProtocolError, new string('x', 10_000)), Noon);
        Assert.Equal(JobPolicy.MostDetail, failed.LastErrorDetail!.Length);
    }

    [Fact]
    public void An_attempt_counts_when_it_begins_and_a_success_keeps_the_last_error()
    {
        var job = JobPolicy.OnFailed(JobPolicy.OnStarted(Queued(), Noon), new SyncFailure(SyncFailure.TimedOut, "slow"), Noon);
        var ended = JobPolicy.OnSucceeded(JobPolicy.OnStarted(job, Noon.AddMinutes(1)), 7, Noon.AddMinutes(2));
        Assert.Equal((JobState.Succeeded, 2, 7, SyncFailure.TimedOut), (ended.State, ended.AttemptCount, ended.NewMessages, ended.LastErrorCode));
        Assert.Equal((Noon.AddMinutes(1), Noon.AddMinutes(2)), (ended.StartedAt, ended.EndedAt));
    }

    [Fact]
    public void An_attempt_that_nobody_judged_is_due_again_with_its_count()
    {
        var first = JobPolicy.OnAbandoned(JobPolicy.OnStarted(Queued(), Noon), Noon, Noon);
        Assert.Equal((JobState.Queued, 1), (first.State, first.AttemptCount));
        var later = JobPolicy.OnAbandoned(Running() with { LastErrorCode = SyncFailure.TimedOut, AttemptCount = 3 }, Noon.AddMinutes(1), Noon);
        Assert.Equal((JobState.Retrying, 3, Noon.AddMinutes(1)), (later.State, later.AttemptCount, later.NextRunAt));
    }

    [Theory]
    [InlineData(JobState.Queued, false, false, true)]
    [InlineData(JobState.Running, false, false, true)]
    [InlineData(JobState.Retrying, true, false, true)]
    [InlineData(JobState.Succeeded, false, false, false)]
    [InlineData(JobState.Failed, true, true, false)]
    [InlineData(JobState.Uncertain, true, true, false)]
    [InlineData(JobState.Resolved, false, false, false)]
    [InlineData(JobState.Cancelled, true, false, false)]
    public void What_a_person_may_do_depends_on_the_state(JobState state, bool retry, bool resolve, bool cancel)
    {
        var job = Queued() with { State = state };
        AssertDecision(JobPolicy.OnRetry(job, Noon), retry, JobState.Queued, JobRefusal.NotRetryable);
        AssertDecision(JobPolicy.OnResolve(job, Noon), resolve, JobState.Resolved, JobRefusal.NotResolvable);
        AssertDecision(JobPolicy.OnCancel(job, Noon), cancel, JobState.Cancelled, JobRefusal.NotCancellable);
    }

    [Theory]
    [InlineData(JobCause.User, true)]
    [InlineData(JobCause.Post, true)]
    [InlineData(JobCause.Connect, false)]
    [InlineData(JobCause.Schedule, false)]
    public void The_schedules_own_job_cannot_be_cancelled(JobCause cause, bool cancel) =>
        AssertDecision(JobPolicy.OnCancel(Queued() with { Cause = cause, State = JobState.Retrying }, Noon), cancel, JobState.Cancelled, JobRefusal.NotCancellable);

    [Fact]
    public void A_retry_is_the_persons_own_job_runs_now_and_counts_its_attempts_anew()
    {
        var failed = Queued() with { Cause = JobCause.Schedule, State = JobState.Failed, AttemptCount = 4, EndedAt = Noon };
        var job = Assert.IsType<JobDecision.Changed>(JobPolicy.OnRetry(failed, Noon)).Job;
        Assert.Equal((JobCause.User, Noon, 4, 8), (job.Cause, job.NextRunAt, job.AttemptCount, job.MaxAttempts));
        Assert.Null(job.EndedAt);
    }

    [Theory]
    [InlineData(JobKinds.SendMessage, null, false)]
    [InlineData(JobKinds.SendMessage, "smtp_auth_failed", true)]
    [InlineData(JobKinds.SyncMessages, "imap_unreachable", false)]
    public void A_mail_that_sending_which_stands_still_holds_up_is_retried_and_keeps_its_attempts(string kind, string? code, bool retry)
    {
        var held = Queued() with { Kind = kind, LastErrorCode = code, AttemptCount = 2, MaxAttempts = 10 };
        AssertDecision(JobPolicy.OnRetry(held, Noon), retry, JobState.Queued, JobRefusal.NotRetryable);
        if (retry) Assert.Equal(10, Assert.IsType<JobDecision.Changed>(JobPolicy.OnRetry(held, Noon)).Job.MaxAttempts);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(JobState.Queued, false)]
    [InlineData(JobState.Running, false)]
    [InlineData(JobState.Retrying, false)]
    [InlineData(JobState.Succeeded, true)]
    [InlineData(JobState.Failed, true)]
    [InlineData(JobState.Cancelled, true)]
    public void A_task_is_triggered_when_none_of_its_jobs_stands_open(JobState? newest, bool may) =>
        Assert.Equal(may ? null : JobRefusal.TaskActive, JobPolicy.OnTrigger(JobKinds.SyncMessages, newest)?.Code);

    [Fact]
    public void The_schedules_job_shows_the_rung_of_the_account_and_its_next_run()
    {
        var cadence = new SyncCadence();
        var state = new SyncState { NextSyncAt = Noon };
        foreach (var (rung, minutes) in new[] { (1, 1), (2, 5), (3, 15) })
        {
            state = SyncPolicy.OnFailed(state, SyncCause.Timer, new SyncFailure(SyncFailure.AuthFailed, "no"), Noon, cadence);
            var job = JobPolicy.OnLadder(Running(), state, state.LastFailure!, cadence, Noon);
            Assert.Equal((JobState.Retrying, rung, 4, Noon.AddMinutes(minutes)), (job.State, job.AttemptCount, job.MaxAttempts, job.NextRunAt));
        }

        state = SyncPolicy.OnFailed(state, SyncCause.Timer, new SyncFailure(SyncFailure.AuthFailed, "no"), Noon, cadence);
        var last = JobPolicy.OnLadder(Running(), state, state.LastFailure!, cadence, Noon);
        Assert.Equal((JobState.Failed, 4, (DateTimeOffset?)null, Noon), (last.State, last.AttemptCount, last.NextRunAt, last.EndedAt));
    }

    [Fact]
    public void Words_and_states_are_one_to_one()
    {
        Assert.Equal(["queued", "running", "retrying", "succeeded", "failed", "uncertain", "resolved", "cancelled"], JobWords.States);
        foreach (var state in Enum.GetValues<JobState>()) Assert.Equal(state, JobWords.State(state.Word()));
        foreach (var cause in Enum.GetValues<JobCause>()) Assert.Equal(cause, JobWords.Cause(cause.Word()));
    }

    private static void AssertDecision(JobDecision decision, bool allowed, JobState state, string code)
    {
        if (allowed) Assert.Equal(state, Assert.IsType<JobDecision.Changed>(decision).Job.State);
        else Assert.Equal(code, Assert.IsType<JobDecision.Refused>(decision).Refusal.Code);
    }

    private static Job Running() => JobPolicy.OnStarted(Queued(), Noon);

    private static Job Queued() => new()
    {
        Id = Guid.NewGuid(),
        TaskId = Guid.NewGuid(),
        AccountId = Guid.NewGuid(),
        Kind = JobKinds.SyncMessages,
        Cause = JobCause.User,
        State = JobState.Queued,
        NextRunAt = Noon,
        CreatedAt = Noon,
        UpdatedAt = Noon,
    };
}
