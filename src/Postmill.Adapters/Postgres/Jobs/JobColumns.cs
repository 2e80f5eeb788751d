using Npgsql;
using NpgsqlTypes;
using Postmill.Domain.Jobs;

namespace Postmill.Adapters.Postgres.Jobs;

/// <summary>Between the columns of a job's row and <see cref="Job"/>; one place, so that reader and writers cannot disagree.</summary>
internal static class JobColumns
{
    /// <summary>In the order that <see cref="Read"/> expects, over <c>job AS j</c>.</summary>
    public const string Select = """
        j.id, j.task_id, j.account_id, j.kind, j.cause, j.state, j.attempt_count, j.max_attempts, j.last_error_code, j.last_error_detail,
        j.next_run_at, j.new_messages, j.created_at, j.started_at, j.ended_at, j.updated_at, j.done, j.total, j.bytes
        """;

    /// <summary>Of the columns; what a query adds comes behind them.</summary>
    public const int Count = 19;

    /// <summary>With <see cref="Values"/> from $1 on.</summary>
    public const string Insert = """
        INSERT INTO job (id, task_id, account_id, kind, cause, state, attempt_count, max_attempts, last_error_code, last_error_detail,
          next_run_at, new_messages, created_at, started_at, ended_at, updated_at)
        """;

    public const string AllValues = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16";

    public static object?[] Values(Job job) =>
    [
        job.Id, job.TaskId, job.AccountId, job.Kind, job.Cause.Word(), job.State.Word(), job.AttemptCount, job.MaxAttempts,
        Text(job.LastErrorCode), Text(job.LastErrorDetail), Time(job.NextRunAt), job.NewMessages is { } count ? count : Sql.Null(NpgsqlDbType.Integer),
        Time(job.CreatedAt), Time(job.StartedAt), Time(job.EndedAt), Time(job.UpdatedAt),
    ];

    public static Job Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        TaskId = row.GetGuid(1),
        AccountId = row.GetGuid(2),
        Kind = row.GetString(3),
        Cause = JobWords.Cause(row.GetString(4)),
        State = JobWords.State(row.GetString(5)),
        AttemptCount = row.GetInt32(6),
        MaxAttempts = row.GetInt32(7),
        LastErrorCode = row.IsDBNull(8) ? null : row.GetString(8),
        LastErrorDetail = row.IsDBNull(9) ? null : row.GetString(9),
        NextRunAt = Time(row, 10),
        NewMessages = row.IsDBNull(11) ? null : row.GetInt32(11),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(12),
        StartedAt = Time(row, 13),
        EndedAt = Time(row, 14),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(15),
        Progress = row.IsDBNull(16) ? null : new JobProgress(row.GetInt64(16), row.GetInt64(17), row.GetInt64(18)),
    };

    public static object Text(string? text) => text ?? (object)Sql.Null(NpgsqlDbType.Text);

    public static object Time(DateTimeOffset? at) => at is { } value ? value.ToUniversalTime() : Sql.Null(NpgsqlDbType.TimestampTz);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetFieldValue<DateTimeOffset>(at);
}
