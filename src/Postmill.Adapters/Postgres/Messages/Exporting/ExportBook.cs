using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Domain.Access;
using Postmill.Domain.Jobs;
using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>Exports as people ask for them, see them and delete them. Those of a disconnected account too: its mail stays readable.</summary>
public sealed class ExportBook(NpgsqlDataSource database, ExportOptions options, ExportBell bell, TimeProvider time)
{
    private const string Select = $"""
        SELECT {JobColumns.Select}, e.id, a.email, e.format, e.filter, e.mails, e.mails_end, e.directory_end, e.length, e.expires_at
        FROM export e JOIN job j ON j.id = e.job_id JOIN account a ON a.id = e.account_id
        """;

    /// <summary>A task whose job makes an export.</summary>
    public async Task<ExportAdding> AddAsync(
        Guid userId, Guid accountId, ExportFormat format, EmailFilter filter, string actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await CountAsync(connection, userId, accountId, now, cancellationToken) is not { } there) return new ExportAdding.NotThere();
        if (there >= options.MostPerAccount) return new ExportAdding.TooMany(options.MostPerAccount);
        var job = new Job
        {
            Id = Guid.CreateVersion7(now),
            TaskId = Guid.CreateVersion7(now),
            AccountId = accountId,
            Kind = JobKinds.ExportMessages,
            Cause = JobCause.User,
            State = JobState.Queued,
            NextRunAt = now,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var id = Guid.CreateVersion7(now);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(JobSql.New(job, actor));
        batch.BatchCommands.Add(Sql.Batch(
            "INSERT INTO export (id, account_id, job_id, format, filter, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)", id, accountId, job.Id, format.Word(),
            new NpgsqlParameter { Value = JsonSerializer.Serialize(filter, ExportJson.Default.EmailFilter), NpgsqlDbType = NpgsqlDbType.Json }, now,
            now + TimeSpan.FromDays(options.KeepDays)));
        batch.BatchCommands.Add(JobSql.Line(new AuditLine(userId, accountId, actor, "task.requested", job.Id.ToString(), "done"), now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        bell.Ring();
        return new ExportAdding.Added(id, job);
    }

    public async Task<StoredExport?> FindAsync(Guid userId, Guid exportId, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"{Select} WHERE e.id = $1 AND a.user_id = $2 AND e.expires_at > $3", exportId, userId, time.GetUtcNow());
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? Read(row) : null;
    }

    /// <summary>Newest first; null: no such account of this user.</summary>
    public async Task<JobPage<StoredExport>?> ListAsync(Guid userId, Guid accountId, Guid? below, int limit, int offset, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Sql.Batch("SELECT 1 FROM account WHERE id = $1 AND user_id = $2", accountId, userId));
        batch.BatchCommands.Add(Sql.Batch(
            $"{Select} WHERE e.account_id = $1 AND e.expires_at > $2 AND ($3::uuid IS NULL OR e.id < $3) ORDER BY e.id DESC LIMIT $4 OFFSET $5",
            accountId, time.GetUtcNow(), below is { } id ? id : Sql.Null(NpgsqlDbType.Uuid), limit + 1, offset));
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;
        await row.NextResultAsync(cancellationToken);
        var rows = new List<StoredExport>();
        while (await row.ReadAsync(cancellationToken)) rows.Add(Read(row));
        return rows.Count > limit ? new JobPage<StoredExport>(rows.GetRange(0, limit), More: true) : new JobPage<StoredExport>(rows, More: false);
    }

    /// <summary>It is not there any more, and what makes it stops. What it kept goes with the next pruning.</summary>
    public async Task<bool> DeleteAsync(StoredExport export, AuditLine line, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Sql.Batch("UPDATE export SET expires_at = $2 WHERE id = $1 AND expires_at > $2", export.Id, now));
        batch.BatchCommands.Add(Sql.Batch("""
            UPDATE job SET state = 'cancelled', next_run_at = NULL, ended_at = $2, updated_at = $2 WHERE id = $1 AND state IN ('queued', 'running', 'retrying')
            """, export.Job.Id, now));
        batch.BatchCommands.Add(JobSql.Line(line, now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (batch.BatchCommands[0].RecordsAffected == 0) return false;
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Its octets from anywhere, with bounded memory and no connection between reads.</summary>
    public Stream Open(ExportFile file) => new ExportStream(database, file);

    private static async Task<long?> CountAsync(NpgsqlConnection connection, Guid userId, Guid accountId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Sql.Batch(
            "SELECT (SELECT count(*) FROM export WHERE account_id = a.id AND expires_at > $3) FROM account a WHERE a.id = $1 AND a.user_id = $2", accountId, userId, now));
        return (long?)await batch.ExecuteScalarAsync(cancellationToken);
    }

    private static StoredExport Read(NpgsqlDataReader row)
    {
        const int at = JobColumns.Count;
        var (id, format) = (row.GetGuid(at), ExportFormats.Of(row.GetString(at + 2)) ?? throw new InvalidDataException("unknown format of an export"));
        var file = row.IsDBNull(at + 7) ? null : new ExportFile(id, format, row.GetInt64(at + 4), row.GetInt64(at + 5), row.GetInt64(at + 6), row.GetInt64(at + 7));
        return new StoredExport(id, JobColumns.Read(row), row.GetString(at + 1), format, row.GetString(at + 3), file, row.GetFieldValue<DateTimeOffset>(at + 8));
    }
}

/// <summary>How asking for an export ended; closed.</summary>
public abstract record ExportAdding
{
    private ExportAdding() { }

    public sealed record Added(Guid ExportId, Job Job) : ExportAdding;

    /// <summary>No such account of this user.</summary>
    public sealed record NotThere : ExportAdding;

    public sealed record TooMany(int Most) : ExportAdding;
}
