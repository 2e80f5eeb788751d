using Npgsql;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Adapters.Tests.Accounts;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Jobs;

namespace Postmill.Adapters.Tests.Jobs;

public sealed class JobStoreTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    private DateTimeOffset Now => database.Clock.GetUtcNow();

    [Fact]
    public async Task A_ladder_is_one_row_from_its_first_failure_to_its_end_and_the_next_ladder_another()
    {
        var (silo, claim) = await OwnedAsync();
        await SaveAsync(silo, claim, JobGiven.Ladder(claim, JobState.Retrying, Now));
        var first = Assert.Single(await JobsAsync(claim));
        Assert.Equal((JobState.Retrying, 1, Now.AddMinutes(1)), (first.State, first.AttemptCount, first.NextRunAt));
        await SaveAsync(silo, claim, new JobChanges { At = Now, ScheduleRuns = true });
        Assert.Equal((JobState.Running, 2), (await OnlyAsync(claim, first.Id), (await JobsAsync(claim))[0].AttemptCount));
        await SaveAsync(silo, claim, JobGiven.Ladder(claim, JobState.Retrying, Now, attempt: 2));
        await SaveAsync(silo, claim, JobGiven.Ladder(claim, JobState.Failed, Now, attempt: 4));
        var failed = Assert.Single(await JobsAsync(claim));
        Assert.Equal((first.Id, JobState.Failed, 4, SyncFailure.Unreachable), (failed.Id, failed.State, failed.AttemptCount, failed.LastErrorCode));
        Assert.Null(failed.NextRunAt);

        await SaveAsync(silo, claim, new JobChanges { At = Now, Served = JobKinds.OfRun });
        Assert.Equal(JobState.Resolved, await OnlyAsync(claim, first.Id));
        await SaveAsync(silo, claim, JobGiven.Ladder(claim, JobState.Retrying, Now));
        var jobs = await JobsAsync(claim);
        Assert.Equal((2, 1), (jobs.Count, jobs.Select(j => j.TaskId).Distinct().Count()));
        await SaveAsync(silo, claim, new JobChanges { At = Now, Served = JobKinds.OfRun });
        Assert.Equal([JobState.Resolved, JobState.Succeeded], (await JobsAsync(claim)).Select(j => j.State).Order().Reverse());
        Assert.Equal(4, await database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE account_id = $1 AND code = 'imap_unreachable'", claim.AccountId));
    }

    [Fact]
    public async Task A_stale_owner_writes_neither_the_account_nor_a_job_nor_a_line()
    {
        var (silo, old) = await OwnedAsync();
        var now = await database.ClaimAsync(silo, old.AccountId);
        var refused = JobGiven.Ladder(old, JobState.Retrying, Now) with { Added = [JobGiven.Of(old.AccountId, Now, cause: JobCause.Post)] };
        await Assert.ThrowsAsync<OwnershipLostException>(() => SaveAsync(silo, old, refused));
        await Assert.ThrowsAsync<OwnershipLostException>(() => database.Store(silo).SaveResultAsync(old, new SyncState(), false, Durability.Soon, refused, CancellationToken.None));
        await Assert.ThrowsAsync<OwnershipLostException>(() => database.JobStore().ClaimDueAsync(old, JobKinds.OfRun, Now, CancellationToken.None));
        await Assert.ThrowsAsync<OwnershipLostException>(() => database.JobStore().EndAsync(old, JobGiven.Of(old.AccountId, Now), CancellationToken.None));
        Assert.Empty(await JobsAsync(now.Claim));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE account_id = $1", old.AccountId));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM task WHERE account_id = $1", old.AccountId));
    }

    [Fact]
    public async Task A_due_job_is_claimed_once_and_ends_only_while_it_runs()
    {
        var (_, claim) = await OwnedAsync();
        var job = await AddAsync(claim);
        await AddAsync(claim, JobKinds.SyncMailboxes, dueIn: TimeSpan.FromMinutes(1));
        Assert.Empty(await database.JobStore().ClaimDueAsync(claim, JobKinds.OfListing, Now, CancellationToken.None));
        var claimed = Assert.Single(await database.JobStore().ClaimDueAsync(claim, JobKinds.OfRun, Now, CancellationToken.None));
        Assert.Equal((job.Id, JobState.Running, 1), (claimed.Id, claimed.State, claimed.AttemptCount));
        Assert.Empty(await database.JobStore().ClaimDueAsync(claim, JobKinds.OfRun, Now, CancellationToken.None));

        await database.JobStore().EndAsync(claim, claimed with { State = JobState.Cancelled }, CancellationToken.None);
        await database.JobStore().EndAsync(claim, JobPolicy.OnSucceeded(claimed, 1, Now), CancellationToken.None);
        Assert.Equal(JobState.Cancelled, await StateAsync(job.Id));
    }

    [Fact]
    public async Task A_job_that_ran_when_its_owner_was_lost_is_due_again_with_its_count()
    {
        var (owner, other) = (await database.StartSiloAsync(), await database.StartSiloAsync());
        var account = await database.NewAccountAsync();
        var held = await database.ClaimAsync(owner, account);
        Assert.False(held.JobsOpen);
        var fresh = await AddAsync(held.Claim);
        var tried = await AddAsync(held.Claim);
        await database.ExecuteAsync("UPDATE job SET attempt_count = 2, last_error_code = 'timeout' WHERE id = $1", tried.Id);
        Assert.Equal(2, (await database.JobStore().ClaimDueAsync(held.Claim, JobKinds.OfRun, Now, CancellationToken.None)).Count);
        await database.DeclareDeadAsync(owner);
        var taken = await database.ClaimAsync(other, account);
        Assert.True(taken.JobsOpen);
        var back = (await JobsAsync(taken.Claim)).ToDictionary(j => j.Id);
        Assert.Equal((JobState.Queued, 1, Now), (back[fresh.Id].State, back[fresh.Id].AttemptCount, back[fresh.Id].NextRunAt));
        Assert.Equal((JobState.Retrying, 3, Now), (back[tried.Id].State, back[tried.Id].AttemptCount, back[tried.Id].NextRunAt));
    }

    [Fact]
    public async Task A_disconnect_cancels_what_stands_open_and_leaves_what_ended()
    {
        var (silo, claim) = await OwnedAsync();
        var open = await AddAsync(claim);
        await SaveAsync(silo, claim, JobGiven.Ladder(claim, JobState.Failed, Now));
        Assert.True(await database.Book().DisconnectAsync(claim.UserId, claim.AccountId, CancellationToken.None));
        Assert.Equal(JobState.Cancelled, await StateAsync(open.Id));
        Assert.Single(await JobsAsync(claim), j => j.State == JobState.Failed);
        Assert.False(await database.JobBook().AddAsync(claim.UserId, JobGiven.Of(claim.AccountId, Now), JobGiven.Line(claim.UserId, open), CancellationToken.None));
    }

    [Fact]
    public async Task A_look_takes_what_is_due_leaves_the_schedules_to_the_schedule_and_pauses()
    {
        var (silo, claim) = await OwnedAsync();
        await SaveAsync(silo, claim, JobGiven.Ladder(claim, JobState.Retrying, Now));
        await AddAsync(claim);
        await AddAsync(claim);
        var due = new DueJobs(database.Source);
        var hour = TimeSpan.FromHours(1);
        Assert.DoesNotContain(claim.AccountId, (await due.TakeAsync(10_000, hour, Now.AddSeconds(-1), CancellationToken.None)).Accounts);
        var (jobs, accounts) = await due.TakeAsync(10_000, hour, Now, CancellationToken.None);
        Assert.True(jobs >= 2);
        Assert.Single(accounts, claim.AccountId);
        Assert.DoesNotContain(claim.AccountId, (await due.TakeAsync(10_000, hour, Now.AddHours(1), CancellationToken.None)).Accounts);
        Assert.Contains(claim.AccountId, (await due.TakeAsync(10_000, TimeSpan.Zero, Now, CancellationToken.None)).Accounts);
    }

    [Fact]
    public async Task A_look_reads_what_is_due_and_not_the_jobs_that_ended()
    {
        var (_, claim) = await OwnedAsync();
        var job = await AddAsync(claim);
        await database.ExecuteAsync("""
            INSERT INTO job (id, task_id, account_id, kind, cause, state, attempt_count, max_attempts, created_at, ended_at, updated_at)
            SELECT gen_random_uuid(), $1, $2, 'sync_messages', 'user', 'succeeded', 1, 4, now(), now(), now() FROM generate_series(1, 20000)
            """, job.TaskId, claim.AccountId);
        await database.ExecuteAsync("ANALYZE job");
        await using var connection = await database.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var explain = new NpgsqlCommand("EXPLAIN " + DueJobs.Take, connection, transaction);
        foreach (var value in new object[] { 200, TimeSpan.FromSeconds(6), Now }) explain.Parameters.Add(new() { Value = value });
        var plan = new List<string>();
        await using var row = await explain.ExecuteReaderAsync();
        while (await row.ReadAsync()) plan.Add(row.GetString(0));
        Assert.Contains(plan, line => line.Contains("job_due", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("Seq Scan on job", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_change_is_made_on_the_state_it_was_decided_on_only()
    {
        var (_, claim) = await OwnedAsync();
        var job = await AddAsync(claim);
        var cancelled = ((JobDecision.Changed)JobPolicy.OnCancel(job, Now)).Job;
        Assert.Single(await database.JobStore().ClaimDueAsync(claim, JobKinds.OfRun, Now, CancellationToken.None));
        Assert.False(await database.JobBook().ChangeAsync(job, cancelled, JobGiven.Line(claim.UserId, job, "job.cancelled"), CancellationToken.None));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE subject = $1 AND action = 'job.cancelled'", job.Id.ToString()));
    }

    [Fact]
    public async Task Two_who_trigger_one_task_at_once_make_one_job()
    {
        var (_, claim) = await OwnedAsync();
        var first = await AddAsync(claim);
        await database.ExecuteAsync("UPDATE job SET state = 'succeeded' WHERE id = $1", first.Id);
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
        {
            var again = JobGiven.Of(claim.AccountId, Now) with { TaskId = first.TaskId };
            return database.JobBook().AddToTaskAsync(again, JobGiven.Line(claim.UserId, again), CancellationToken.None);
        }));
        Assert.Single(added, done => done);
        Assert.Equal(2, (await JobsAsync(claim)).Count);
    }

    [Fact]
    public async Task Pruning_removes_what_ended_long_ago_in_batches_and_nothing_that_stands_open()
    {
        var (silo, claim) = await OwnedAsync();
        var kept = new List<Guid>();
        for (var n = 0; n < 5; n++)
        {
            var job = await AddAsync(claim);
            await database.ExecuteAsync("UPDATE job SET state = 'succeeded', ended_at = $2 WHERE id = $1", job.Id, Now.AddDays(-40).UtcDateTime);
            await database.ExecuteAsync("UPDATE task SET created_at = $2 WHERE id = $1", job.TaskId, Now.AddDays(-40).UtcDateTime);
        }

        kept.Add((await AddAsync(claim)).Id);
        await SaveAsync(silo, claim, JobGiven.Ladder(claim, JobState.Retrying, Now));
        await database.ExecuteAsync("UPDATE audit SET at = $2 WHERE account_id = $1", claim.AccountId, Now.AddDays(-100).UtcDateTime);
        var pruner = new JobPruner(database.Source);
        await pruner.PruneJobsAsync(Now.AddDays(-30), 2, CancellationToken.None);
        await pruner.PruneLogAsync(Now.AddDays(-90), 2, CancellationToken.None);
        Assert.Equal(2, (await JobsAsync(claim)).Count);
        Assert.Contains((await JobsAsync(claim)).Select(j => j.Id), id => kept.Contains(id));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT count(*) FROM task WHERE account_id = $1", claim.AccountId));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE account_id = $1", claim.AccountId));
    }

    private async Task<(LocalOwner Silo, Claim Claim)> OwnedAsync()
    {
        var silo = await database.StartSiloAsync();
        return (silo, (await database.ClaimAsync(silo, await database.NewAccountAsync())).Claim);
    }

    private async Task<Job> AddAsync(Claim claim, string kind = JobKinds.SyncMessages, TimeSpan dueIn = default)
    {
        var job = JobGiven.Of(claim.AccountId, Now, kind) with { NextRunAt = Now + dueIn };
        Assert.True(await database.JobBook().AddAsync(claim.UserId, job, JobGiven.Line(claim.UserId, job), CancellationToken.None));
        return job;
    }

    private Task SaveAsync(LocalOwner silo, Claim claim, JobChanges changes) =>
        database.Store(silo).SaveAsync(claim, new SyncState(), Durability.Soon, changes, CancellationToken.None);

    private async Task<IReadOnlyList<Job>> JobsAsync(Claim claim) =>
        (await new JobQueries(database.Source).JobsAsync(claim.UserId, claim.AccountId, new JobFilter(null, null), null, 100, 0, CancellationToken.None))!.Rows;

    private async Task<JobState> OnlyAsync(Claim claim, Guid id)
    {
        var job = Assert.Single(await JobsAsync(claim));
        Assert.Equal(id, job.Id);
        return job.State;
    }

    private async Task<JobState> StateAsync(Guid job) => JobWords.State(await database.ScalarAsync<string>("SELECT state FROM job WHERE id = $1", job));
}
