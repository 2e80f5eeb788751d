using Npgsql;
using NpgsqlTypes;
using Postmill.Domain.Jobs;

namespace Postmill.Adapters.Postgres.Jobs;

/// <summary>Reads tasks and jobs for the front end, newest first. Those of a disconnected account stay readable.</summary>
public sealed class JobQueries(NpgsqlDataSource database)
{
    private const string TaskColumns = "t.id, t.account_id, t.kind, t.requested_by, t.created_at, newest.id, newest.state, newest.updated_at";

    private const string Tasks = $"""
        SELECT {TaskColumns} FROM task t JOIN account a ON a.id = t.account_id
        LEFT JOIN LATERAL (SELECT id, state, updated_at FROM job WHERE task_id = t.id AND kind = t.kind ORDER BY id DESC LIMIT 1) AS newest ON true
        """;

    /// <summary>Null: no such account of this user. <paramref name="below"/> is the id at which the page before ended.</summary>
    public Task<JobPage<Job>?> JobsAsync(Guid userId, Guid accountId, JobFilter filter, Guid? below, int limit, int offset, CancellationToken cancellationToken) =>
        PageAsync(userId, accountId, Listed($"""
            SELECT {JobColumns.Select} FROM job j
            WHERE j.account_id = $1 AND ($2::uuid IS NULL OR j.id < $2) AND ($5::text IS NULL OR j.state = $5) AND ($6::text IS NULL OR j.kind = $6)
            ORDER BY j.id DESC LIMIT $3 OFFSET $4
            """, accountId, filter, below, limit, offset), limit, JobColumns.Read, cancellationToken);

    /// <inheritdoc cref="JobsAsync"/>
    public Task<JobPage<TaskView>?> TasksAsync(Guid userId, Guid accountId, JobFilter filter, Guid? below, int limit, int offset, CancellationToken cancellationToken) =>
        PageAsync(userId, accountId, Listed($"""
            {Tasks}
            WHERE t.account_id = $1 AND ($2::uuid IS NULL OR t.id < $2) AND ($5::text IS NULL OR newest.state = $5) AND ($6::text IS NULL OR t.kind = $6)
            ORDER BY t.id DESC LIMIT $3 OFFSET $4
            """, accountId, filter, below, limit, offset), limit, ReadTask, cancellationToken);

    public async Task<Job?> JobAsync(Guid userId, Guid jobId, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"SELECT {JobColumns.Select} FROM job j JOIN account a ON a.id = j.account_id WHERE j.id = $1 AND a.user_id = $2", jobId, userId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? JobColumns.Read(row) : null;
    }

    public async Task<TaskView?> TaskAsync(Guid userId, Guid taskId, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"{Tasks} WHERE t.id = $1 AND a.user_id = $2", taskId, userId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? ReadTask(row) : null;
    }

    private static NpgsqlBatchCommand Listed(string sql, Guid accountId, JobFilter filter, Guid? below, int limit, int offset) => Sql.Batch(
        sql, accountId, below is { } id ? id : Sql.Null(NpgsqlDbType.Uuid), limit + 1, offset, JobColumns.Text(filter.State), JobColumns.Text(filter.Kind));

    private async Task<JobPage<T>?> PageAsync<T>(
        Guid userId, Guid accountId, NpgsqlBatchCommand list, int limit, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Sql.Batch("SELECT 1 FROM account WHERE id = $1 AND user_id = $2", accountId, userId));
        batch.BatchCommands.Add(list);
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;
        await row.NextResultAsync(cancellationToken);
        var rows = new List<T>();
        while (await row.ReadAsync(cancellationToken)) rows.Add(read(row));
        return rows.Count > limit ? new JobPage<T>(rows.GetRange(0, limit), More: true) : new JobPage<T>(rows, More: false);
    }

    private static TaskView ReadTask(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4),
        row.IsDBNull(5) ? null : row.GetGuid(5), row.IsDBNull(6) ? null : row.GetString(6), row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7));
}

/// <summary>Which of them; null: all.</summary>
public sealed record JobFilter(string? State, string? Kind);

/// <summary>Some rows of a list, and whether it goes on behind them.</summary>
public sealed record JobPage<T>(IReadOnlyList<T> Rows, bool More);

/// <summary>A task with where its newest job stands.</summary>
public sealed record TaskView(Guid Id, Guid AccountId, string Kind, string RequestedBy, DateTimeOffset CreatedAt, Guid? JobId, string? State, DateTimeOffset? UpdatedAt);
