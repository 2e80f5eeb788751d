using Npgsql;
using NpgsqlTypes;
using Postmill.Domain.Access;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Grains.Jobs;

namespace Postmill.Adapters.Postgres.Jobs;

/// <summary>Statements on jobs that run behind the fence, or under the user's row, within somebody else's transaction. None returns rows.</summary>
internal static class JobSql
{
    /// <summary>Not what any silo runs without owning the account.</summary>
    public const string OfOwner = $"kind <> '{JobKinds.ExportMessages}'";

    /// <summary>Inside the claim's statement, over <c>claimed</c>; $3 is now. An attempt that died with its owner is due again, with its count.</summary>
    public const string BackOfClaimed = $"""
        UPDATE job SET state = CASE WHEN last_error_code IS NULL THEN 'queued' ELSE 'retrying' END, next_run_at = $3, updated_at = $3
        WHERE account_id IN (SELECT id FROM claimed) AND state = 'running' AND kind <> 'send_message' AND {OfOwner}
        """;

    /// <summary>Whether the end of a sync has anything to look for, over <c>claimed</c>.</summary>
    public const string StandsOpen =
        "EXISTS (SELECT 1 FROM job WHERE account_id = claimed.id AND state IN ('queued', 'running', 'retrying', 'failed') AND kind IN ('sync_messages', 'sync_mailboxes'))";

    private const string OfSchedule = "cause IN ('connect', 'schedule')";

    // One standing task an account; every job of the schedule belongs to it.
    private const string StandingTask = """
        INSERT INTO task (id, account_id, kind, requested_by, standing, created_at) SELECT $2, $3, $4, 'schedule', true, $13
        """;

    private const string SameTask = "ON CONFLICT (account_id) WHERE standing DO UPDATE SET standing = true RETURNING id";

    public static IReadOnlyList<NpgsqlBatchCommand> Of(Claim claim, JobChanges? changes)
    {
        if (changes is null) return [];
        var commands = new List<NpgsqlBatchCommand>();
        commands.AddRange(changes.Added.Select(job => job.Cause == JobCause.Schedule ? Kept(job) : New(job, $"user:{claim.UserId}")));
        commands.AddRange(changes.Ended.Select(End));
        if (changes.Schedule is { } schedule) commands.Add(Schedule(schedule));
        if (changes.ScheduleRuns) commands.Add(ScheduleRuns(claim.AccountId, changes.At));
        if (changes.ScheduleMovedTo is { } moved) commands.Add(ScheduleMoved(claim.AccountId, moved, changes.At));
        if (changes.Served.Count > 0) commands.Add(Served(claim.AccountId, changes.Served, changes.At));
        if (changes.BackAt is { } at) commands.Add(Back(claim.AccountId, at, changes.At));
        commands.AddRange(changes.Lines.Select(line => Line(line, changes.At)));
        return commands;
    }

    /// <summary>A task and its first job.</summary>
    public static NpgsqlBatchCommand New(Job job, string requestedBy) => Sql.Batch($"""
        WITH asked AS (INSERT INTO task (id, account_id, kind, requested_by, created_at) VALUES ($2, $3, $4, $17, $13))
        {JobColumns.Insert} VALUES ({JobColumns.AllValues})
        """, [.. JobColumns.Values(job), requestedBy]);

    /// <summary>A job of a task that is there.</summary>
    public static NpgsqlBatchCommand NewOfTask(Job job) => Sql.Batch($"{JobColumns.Insert} VALUES ({JobColumns.AllValues})", JobColumns.Values(job));

    /// <summary>Ends a job that runs; one that was cancelled or taken back meanwhile stays as it is.</summary>
    public static NpgsqlBatchCommand End(Job job) => Sql.Batch("""
        UPDATE job SET state = $2, attempt_count = $3, last_error_code = $4, last_error_detail = $5, next_run_at = $6, new_messages = $7, ended_at = $8, updated_at = $9
        WHERE id = $1 AND state = 'running'
        """,
        job.Id, job.State.Word(), job.AttemptCount, JobColumns.Text(job.LastErrorCode), JobColumns.Text(job.LastErrorDetail), JobColumns.Time(job.NextRunAt),
        job.NewMessages is { } count ? count : Sql.Null(NpgsqlDbType.Integer), JobColumns.Time(job.EndedAt), job.UpdatedAt);

    /// <summary>Everything that stands open and needs the mail server; the account is disconnected.</summary>
    public static NpgsqlBatchCommand CancelAll(Guid accountId, DateTimeOffset now) => Sql.Batch($"""
        UPDATE job SET state = 'cancelled', next_run_at = NULL, ended_at = $2, updated_at = $2
        WHERE account_id = $1 AND (state IN ('queued', 'retrying') OR state = 'running' AND kind <> 'send_message') AND {OfOwner}
        """, accountId, now);

    public static NpgsqlBatchCommand Line(AuditLine line, DateTimeOffset at) => Sql.Batch(
        "INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome, code, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        at, line.UserId is { } user ? user : Sql.Null(NpgsqlDbType.Uuid), line.AccountId is { } account ? account : Sql.Null(NpgsqlDbType.Uuid),
        line.Actor, line.Action, line.Subject, line.Outcome, JobColumns.Text(line.Code), new NpgsqlParameter { Value = line.DetailJson, NpgsqlDbType = NpgsqlDbType.Jsonb });

    /// <summary>The open job of the schedule keeps its id, its task and how it began.</summary>
    private static NpgsqlBatchCommand Schedule(Job job) => Sql.Batch($"""
        WITH open AS (
          UPDATE job SET state = $6, attempt_count = $7, max_attempts = $8, last_error_code = coalesce($9, last_error_code), last_error_detail = coalesce($10, last_error_detail),
            next_run_at = $11, started_at = CASE WHEN $6 = 'running' THEN $14 ELSE coalesce(started_at, $14) END, ended_at = $15, updated_at = $16
          WHERE account_id = $3 AND {OfSchedule} AND state IN ('queued', 'running', 'retrying') RETURNING 1
        ), standing AS (
          {StandingTask} WHERE NOT EXISTS (SELECT 1 FROM open) {SameTask}
        )
        {JobColumns.Insert} SELECT $1, standing.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16 FROM standing
        """, JobColumns.Values(job));

    /// <summary>A run of the schedule that succeeded and is kept.</summary>
    private static NpgsqlBatchCommand Kept(Job job) => Sql.Batch($"""
        WITH standing AS ({StandingTask} {SameTask})
        {JobColumns.Insert} SELECT $1, standing.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16 FROM standing
        """, JobColumns.Values(job));

    private static NpgsqlBatchCommand ScheduleRuns(Guid accountId, DateTimeOffset now) => Sql.Batch($"""
        UPDATE job SET state = 'running', attempt_count = attempt_count + 1, next_run_at = NULL, started_at = $2, updated_at = $2
        WHERE account_id = $1 AND {OfSchedule} AND state IN ('queued', 'retrying')
        """, accountId, now);

    private static NpgsqlBatchCommand ScheduleMoved(Guid accountId, DateTimeOffset to, DateTimeOffset now) => Sql.Batch($"""
        UPDATE job SET next_run_at = $2, updated_at = $3 WHERE account_id = $1 AND {OfSchedule} AND state = 'retrying'
        """, accountId, to, now);

    private static NpgsqlBatchCommand Served(Guid accountId, IReadOnlyList<string> kinds, DateTimeOffset now) => Sql.Batch("""
        UPDATE job SET state = CASE state WHEN 'failed' THEN 'resolved' ELSE 'succeeded' END, next_run_at = NULL, ended_at = coalesce(ended_at, $3), updated_at = $3
        WHERE account_id = $1 AND kind = ANY ($2) AND state IN ('running', 'retrying', 'failed')
        """, accountId, kinds.ToArray(), now);

    /// <summary>Of runs alone: acts and sendings may be running beside the end of one.</summary>
    private static NpgsqlBatchCommand Back(Guid accountId, DateTimeOffset nextRunAt, DateTimeOffset now) => Sql.Batch("""
        UPDATE job SET state = CASE WHEN last_error_code IS NULL THEN 'queued' ELSE 'retrying' END, next_run_at = $2, updated_at = $3
        WHERE account_id = $1 AND state = 'running' AND kind = ANY ($4)
        """, accountId, nextRunAt, now, JobKinds.OfRun.ToArray());
}
