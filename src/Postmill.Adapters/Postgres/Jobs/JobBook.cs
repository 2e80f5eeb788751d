using Npgsql;
using Postmill.Adapters.Postgres.Acts;
using Postmill.Adapters.Postgres.Sending;
using Postmill.Domain.Access;
using Postmill.Domain.Jobs;
using Postmill.Grains.Jobs;

namespace Postmill.Adapters.Postgres.Jobs;

/// <summary>
/// People's acts. They need no fence: a new row belongs to nobody yet, and a row is changed only as long as it is in the state that the decision was made on; rows that
/// run are changed by their account's owner alone.
/// </summary>
internal sealed class JobBook(NpgsqlDataSource database) : IJobBook
{
    // Without a lock: who enqueues must not wait for the account's writers. A job that slips in beside a disconnect waits until the account is connected again.
    private const string Connected = "SELECT 1 FROM account WHERE id = $1 AND user_id = $2 AND connected";

    public async Task<bool> AddAsync(Guid userId, Job job, AuditLine line, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ScalarAsync(connection, Sql.Batch(Connected, job.AccountId, userId), cancellationToken) is null) return false;
        await RunAsync(connection, cancellationToken, JobSql.New(job, line.Actor), JobSql.Line(line, job.UpdatedAt));
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    public async Task<Job?> FindAsync(Guid userId, Guid jobId, bool connected, CancellationToken cancellationToken)
    {
        await using var select = database.Command(
            $"SELECT {JobColumns.Select} FROM job j JOIN account a ON a.id = j.account_id WHERE j.id = $1 AND a.user_id = $2 AND (a.connected OR NOT $3 OR NOT j.{JobSql.OfOwner})", jobId, userId, connected);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? JobColumns.Read(row) : null;
    }

    public async Task<bool> ChangeAsync(Job before, Job after, AuditLine line, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var changed = await ScalarAsync(connection, Sql.Batch("""
            UPDATE job SET cause = $3, state = $4, max_attempts = $5, next_run_at = $6, ended_at = $7, updated_at = $8, swept_at = NULL
            WHERE id = $1 AND state = $2 RETURNING id
            """,
            after.Id, before.State.Word(), after.Cause.Word(), after.State.Word(), after.MaxAttempts,
            JobColumns.Time(after.NextRunAt), JobColumns.Time(after.EndedAt), after.UpdatedAt), cancellationToken);
        if (changed is null) return false;
        if (after is { Kind: JobKinds.SendMessage, State: JobState.Cancelled }) await RunAsync(connection, cancellationToken, OutboxSql.Cancelled(after.Id, after.UpdatedAt));
        // Of one that waits for its next attempt the others stay as they are: who asks for it sooner does not ask for the uncertain ones.
        if (after is { Kind: JobKinds.SendMessage, State: JobState.Queued } && before.State is not (JobState.Retrying or JobState.Queued)) await RunAsync(connection, cancellationToken, OutboxSql.Again(after.Id));
        await RunAsync(connection, cancellationToken, JobSql.Line(line, after.UpdatedAt));
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    public async Task<(Guid AccountId, string Kind, JobState? Newest)?> FindTaskAsync(Guid userId, Guid taskId, CancellationToken cancellationToken)
    {
        await using var select = database.Command("""
            SELECT t.account_id, t.kind, (SELECT state FROM job WHERE task_id = t.id AND kind = t.kind ORDER BY id DESC LIMIT 1)
            FROM task t JOIN account a ON a.id = t.account_id WHERE t.id = $1 AND a.user_id = $2 AND a.connected
            """, taskId, userId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;
        return (row.GetGuid(0), row.GetString(1), row.IsDBNull(2) ? null : JobWords.State(row.GetString(2)));
    }

    public async Task<bool> AddToTaskAsync(Job job, AuditLine line, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Two who trigger one task at once: the second sees the first's job.
        await ScalarAsync(connection, Sql.Batch("SELECT 1 FROM task WHERE id = $1 FOR NO KEY UPDATE", job.TaskId), cancellationToken);
        var added = await ScalarAsync(connection, Sql.Batch($"""
            {JobColumns.Insert} SELECT {JobColumns.AllValues}
            WHERE NOT EXISTS (SELECT 1 FROM job WHERE task_id = $2 AND state IN ('queued', 'running', 'retrying')) RETURNING id
            """, JobColumns.Values(job)), cancellationToken);
        if (added is null) return false;
        if (JobKinds.OfActs.Contains(job.Kind)) await RunAsync(connection, cancellationToken, MailboxActSql.Repeat(job));
        await RunAsync(connection, cancellationToken, JobSql.Line(line, job.UpdatedAt));
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(command);
        return await batch.ExecuteScalarAsync(cancellationToken);
    }

    private static async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken, params NpgsqlBatchCommand[] commands)
    {
        await using var batch = connection.CreateBatch();
        foreach (var command in commands) batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
