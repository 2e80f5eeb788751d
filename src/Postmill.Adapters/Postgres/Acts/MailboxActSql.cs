using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;

namespace Postmill.Adapters.Postgres.Acts;

/// <summary>Statements that enqueue an act, for somebody else's transaction. None returns rows.</summary>
internal static class MailboxActSql
{
    /// <summary>
    /// A job that puts a mail into the server's folder of sent mail, under a task that is there. The mail's row and its bytes are committed with it, or were before. Once
    /// committed, <see cref="IAccountGrain.JobsDue"/> makes it run at once; the sweep finds it otherwise.
    /// </summary>
    public static IReadOnlyList<NpgsqlBatchCommand> AppendSent(Claim claim, Guid taskId, Guid messageId, DateTimeOffset now)
    {
        var job = NewJob(claim.AccountId, JobKinds.AppendSent, now) with { TaskId = taskId };
        return [JobSql.NewOfTask(job), Add(job, messageId, new ActWords(null, null, null, null))];
    }

    public static Job NewJob(Guid accountId, string kind, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        TaskId = Guid.CreateVersion7(now),
        AccountId = accountId,
        Kind = kind,
        Cause = JobCause.User,
        State = JobState.Queued,
        NextRunAt = now,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>What the job does; its row is written before.</summary>
    public static NpgsqlBatchCommand Add(Job job, Guid messageId, ActWords words) => Sql.Batch(
        "INSERT INTO mailbox_act (job_id, account_id, message_id, seen, flagged, target, target_name) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        job.Id, job.AccountId, messageId, Flag(words.Seen), Flag(words.Flagged), JobColumns.Text(words.Target), JobColumns.Text(words.TargetName));

    /// <summary>One more job of a task does what the newest one before it did.</summary>
    public static NpgsqlBatchCommand Repeat(Job job) => Sql.Batch("""
        INSERT INTO mailbox_act (job_id, account_id, message_id, seen, flagged, target, target_name)
        SELECT $1, a.account_id, a.message_id, a.seen, a.flagged, a.target, a.target_name FROM mailbox_act a JOIN job j ON j.id = a.job_id
        WHERE j.task_id = $2 AND j.kind = $3 ORDER BY j.id DESC LIMIT 1
        """, job.Id, job.TaskId, job.Kind);

    /// <summary>
    /// Acts on the same mail that wait and that the new one leaves nothing of are not done any more: a deletion leaves nothing, and of each thing the last word counts. What
    /// runs is done first. A job that somebody is changing just now is left alone: nobody waits for the other in a circle.
    /// </summary>
    public static NpgsqlBatchCommand Supersede(Job job, Guid messageId, ActWords words, Guid userId, string actor)
    {
        var all = job.Kind == JobKinds.DeleteMessage;
        return Sql.Batch("""
            WITH moot AS (
              SELECT j.id FROM mailbox_act a JOIN job j ON j.id = a.job_id
              WHERE a.message_id = $2 AND j.id <> $1 AND j.state IN ('queued', 'retrying') AND j.kind IN ('change_flags', 'move_message')
                AND (a.seen IS NULL OR $3) AND (a.flagged IS NULL OR $4) AND (a.target IS NULL OR $5)
              FOR NO KEY UPDATE OF j SKIP LOCKED
            ), gone AS (
              UPDATE job SET state = 'cancelled', next_run_at = NULL, ended_at = $6, updated_at = $6 FROM moot WHERE job.id = moot.id RETURNING job.id, job.account_id
            )
            INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome, detail)
            SELECT $6, $7, gone.account_id, $8, 'job.superseded', gone.id::text, 'done', jsonb_build_object('by', $1::text) FROM gone
            """, job.Id, messageId, all || words.Seen is not null, all || words.Flagged is not null, all || words.Target is not null, job.UpdatedAt, userId, actor);
    }

    private static object Flag(bool? value) => value is { } set ? set : Sql.Null(NpgsqlDbType.Boolean);
}

/// <summary>What an act tells the server of a mail; null: nothing of this.</summary>
/// <param name="Target">The wire name of the folder it goes to, whose name is <paramref name="TargetName"/>.</param>
internal sealed record ActWords(bool? Seen, bool? Flagged, string? Target, string? TargetName);
