using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;
using Postmill.Grains.Jobs;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Tests.Jobs;

public sealed class AccountJobsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 14, 12, 0, 0, TimeSpan.Zero);
    private static readonly Claim Owner = new(Guid.NewGuid(), Guid.NewGuid(), "127.0.0.1:11111@1", 1);
    private static readonly SyncFailure Failure = new(SyncFailure.Unreachable, "nobody there");
    private static readonly SyncState Synced = new() { FirstSyncedAt = Noon, NextSyncAt = Noon };

    [Fact]
    public void A_timers_run_that_finds_nothing_writes_no_job_and_asks_for_none()
    {
        var jobs = Jobs();
        for (var run = 0; run < 3; run++)
        {
            Assert.Null(jobs.Starting(SyncCause.Timer, Synced, Noon));
            Assert.Null(jobs.Succeeded(SyncCause.Timer, RunScope.Everything, Result(5), null, Noon));
            jobs.Saved(null);
        }
    }

    [Theory]
    [InlineData(TimerRuns.None, 5, false)]
    [InlineData(TimerRuns.News, 0, false)]
    [InlineData(TimerRuns.News, 5, true)]
    [InlineData(TimerRuns.All, 0, true)]
    public void The_setting_says_which_of_them_are_kept(TimerRuns keep, int news, bool kept)
    {
        var jobs = Jobs(keep: keep);
        Assert.Null(jobs.Starting(SyncCause.Timer, Synced, Noon));
        var changes = jobs.Succeeded(SyncCause.Timer, RunScope.Everything, Result(news), null, Noon);
        Assert.Equal(kept, changes is not null);
        if (changes is not null) Assert.Equal((JobState.Succeeded, JobCause.Schedule), (Assert.Single(changes.Added).State, changes.Added[0].Cause));
        jobs.Saved(changes);
        Assert.Null(jobs.Starting(SyncCause.Timer, Synced, Noon)); // what is kept has ended: nothing stands open
    }

    [Fact]
    public void A_failure_is_the_schedules_job_and_a_line_and_the_next_success_ends_it_once()
    {
        var jobs = Jobs();
        var failed = jobs.Failed(SyncCause.Timer, Synced with { FailedRuns = 1, NextSyncAt = Noon.AddMinutes(1) }, Failure, Noon);
        jobs.Saved(failed);
        Assert.Equal((JobState.Retrying, 1, Noon.AddMinutes(1)), (failed.Schedule!.State, failed.Schedule.AttemptCount, failed.Schedule.NextRunAt));
        Assert.Equal(("sync.failed", Failure.Code), (Assert.Single(failed.Lines).Action, failed.Lines[0].Code));

        Assert.True(jobs.Starting(SyncCause.Timer, Synced with { FailedRuns = 1 }, Noon)!.ScheduleRuns);
        var ended = jobs.Succeeded(SyncCause.Timer, RunScope.Everything, Result(0), Failure, Noon)!;
        jobs.Saved(ended);
        Assert.Equal(JobKinds.OfRun, ended.Served);
        Assert.Equal("sync.recovered", Assert.Single(ended.Lines).Action);
        Assert.Null(jobs.Succeeded(SyncCause.Timer, RunScope.Everything, Result(0), null, Noon));
    }

    [Theory]
    [InlineData(SyncCause.Post)]
    [InlineData(SyncCause.Task)]
    public void A_persons_failure_makes_no_job_of_the_schedule_and_tells_the_waiting_one_when_its_next_run_moved(SyncCause cause)
    {
        var failed = Jobs().Failed(cause, Synced with { FailedRuns = 2, NextSyncAt = Noon.AddMinutes(9) }, Failure, Noon);
        Assert.Null(failed.Schedule);
        Assert.Equal(Noon.AddMinutes(9), failed.ScheduleMovedTo);
        Assert.Null(Jobs().Failed(cause, Synced, Failure, Noon).ScheduleMovedTo);
    }

    [Fact]
    public void A_post_is_a_job_with_one_attempt_and_joined_jobs_end_with_its_run()
    {
        var jobs = Jobs();
        var post = Assert.Single(jobs.Starting(SyncCause.Post, Synced, Noon)!.Added);
        Assert.Equal((JobState.Running, JobCause.Post, 1), (post.State, post.Cause, post.MaxAttempts));
        var joined = post with { Id = Guid.NewGuid(), Kind = JobKinds.SyncMailboxes, MaxAttempts = 4 };
        jobs.Bind([joined]);
        var failed = jobs.Failed(SyncCause.Post, Synced, Failure, Noon);
        Assert.Equal([JobState.Failed, JobState.Retrying], failed.Ended.Select(job => job.State));
        var ended = jobs.Succeeded(SyncCause.Post, RunScope.Everything, Result(3), null, Noon)!;
        Assert.Equal([3, null], ended.Ended.Select(job => job.NewMessages));
        jobs.Saved(ended);
        Assert.Empty(jobs.Bound);
    }

    [Theory]
    [InlineData(SyncCause.Connected)]
    [InlineData(SyncCause.Adopted)]
    public void A_first_sync_is_a_job_of_the_connection(SyncCause cause)
    {
        var started = Jobs().Starting(cause, Synced with { FirstSyncedAt = null, FailedRuns = 1 }, Noon)!.Schedule!;
        Assert.Equal((JobState.Running, JobCause.Connect, 2, 4), (started.State, started.Cause, started.AttemptCount, started.MaxAttempts));
    }

    [Fact]
    public void A_run_over_the_folder_list_settles_its_own_kind_only()
    {
        var jobs = Jobs(open: true);
        var ended = jobs.Succeeded(SyncCause.Task, RunScope.Mailboxes, Result(0), Failure, Noon)!;
        Assert.Equal(JobKinds.OfListing, ended.Served);
        Assert.Empty(ended.Lines);
        jobs.Saved(ended);
        Assert.NotNull(jobs.Succeeded(SyncCause.Timer, RunScope.Everything, Result(0), null, Noon));
    }

    [Fact]
    public void A_run_without_a_verdict_gives_its_jobs_back()
    {
        var jobs = Jobs();
        Assert.Null(jobs.Abandoned(Synced, Noon));
        jobs.Starting(SyncCause.Post, Synced, Noon);
        var back = jobs.Abandoned(Synced with { NextSyncAt = Noon.AddMinutes(2) }, Noon)!;
        Assert.Equal((JobState.Queued, Noon.AddMinutes(1)), (Assert.Single(back.Ended).State, back.Ended[0].NextRunAt));
        Assert.Equal(Noon.AddMinutes(2), back.BackAt);
    }

    private static SyncResult Result(int news) => new(news, Noon, 0);

    private static AccountJobs Jobs(bool open = false, TimerRuns keep = TimerRuns.None) => new(Owner, new SyncCadence(), new JobOptions { KeepTimerRuns = keep }, open);
}
