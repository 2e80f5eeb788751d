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

    private static object Flag(bool? value) => value is { } set ? set : Sql.Null(NpgsqlDbType.Boolean);
}

/// <summary>What an act tells the server of a mail; null: nothing of this.</summary>
/// <param name="Target">The wire name of the folder it goes to, whose name is <paramref name="TargetName"/>.</param>
internal sealed record ActWords(bool? Seen, bool? Flagged, string? Target, string? TargetName);
