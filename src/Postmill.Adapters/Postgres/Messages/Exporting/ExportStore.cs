using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Domain.Access;
using Postmill.Domain.Jobs;
using Postmill.Domain.Messages;
using Postmill.Domain.Sync;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>
/// What a silo writes of an export while it lists it. Any silo may: a run is a lease by the database's clock, and every commit asks for the run under the export's row, so that
/// of two silos one writes. A cancelled job and a deleted export refuse it too.
/// </summary>
internal sealed class ExportStore(NpgsqlDataSource database, ExportOptions options, TimeProvider time)
{
    private const string Claim = $"""
        WITH due AS (
          SELECT e.id, e.job_id FROM job w JOIN export e ON e.job_id = w.id
          WHERE w.kind = '{JobKinds.ExportMessages}' AND w.state IN ('queued', 'retrying', 'running') AND e.length IS NULL AND e.expires_at > $1
            AND CASE w.state WHEN 'running' THEN coalesce(e.leased_until, timestamptz '-infinity') <= now() ELSE w.next_run_at <= $1 END
          ORDER BY w.id LIMIT 1 FOR NO KEY UPDATE OF e, w SKIP LOCKED
        ), leased AS (
          UPDATE export e SET run = $2, leased_until = now() + $3 FROM due WHERE e.id = due.id RETURNING e.*
        ), running AS (
          UPDATE job AS j SET state = 'running', attempt_count = attempt_count + 1, next_run_at = NULL, started_at = $1, ended_at = NULL, updated_at = $1
          FROM due WHERE j.id = due.job_id RETURNING {JobColumns.Select}
        )
        SELECT {JobColumns.Select}, e.id, e.format, e.filter, e.created_at, e.walked_at, e.walked_id, e.mails, e.mails_end, e.directory_end, a.user_id
        FROM leased e CROSS JOIN running j JOIN account a ON a.id = e.account_id
        """;

    private const string Hold = """
        SELECT 1 FROM export e JOIN job j ON j.id = e.job_id WHERE e.id = $1 AND e.run = $2 AND e.expires_at > $3 AND j.state = 'running' FOR NO KEY UPDATE OF e, j
        """;

    // Who deletes a mail waits for this, or is before it: either its bytes are kept for the export, or it is not in it.
    private const string Pin = "SELECT id FROM message WHERE id = ANY ($1) AND deleted_at IS NULL ORDER BY id FOR SHARE";

    private const string Add = """
        INSERT INTO export_entry (export_id, start, length, message_id, label, size, at, crc, directory_at)
        SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::uuid[], $5::text[], $6::bigint[], $7::timestamptz[], $8::bigint[], $9::bigint[])
        """;

    /// <summary>The oldest export that nobody lists; null: none.</summary>
    public async Task<ExportRun?> ClaimAsync(CancellationToken cancellationToken)
    {
        var run = Guid.NewGuid();
        await using var claim = database.Command(Claim, time.GetUtcNow(), run, TimeSpan.FromSeconds(options.LeaseSeconds));
        await using var row = await claim.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;
        const int at = JobColumns.Count;
        var job = JobColumns.Read(row);
        var format = ExportFormats.Of(row.GetString(at + 1)) ?? throw new InvalidDataException("unknown format of an export");
        var filter = JsonSerializer.Deserialize(row.GetString(at + 2), ExportJson.Default.EmailFilter) ?? new EmailFilter();
        return new ExportRun(row.GetGuid(at), run, row.GetGuid(at + 9), job, format, filter, row.GetFieldValue<DateTimeOffset>(at + 3))
        {
            Walked = row.IsDBNull(at + 4) ? null : (row.GetFieldValue<DateTimeOffset>(at + 4), row.GetGuid(at + 5)),
            Mails = row.GetInt64(at + 6),
            MailsEnd = row.GetInt64(at + 7),
            DirectoryEnd = row.GetInt64(at + 8),
            Progress = job.Progress ?? new JobProgress(0, 0, 0),
        };
    }

    /// <summary>Adds mails to the list, those apart that were deleted since they were measured; null: the run is not this silo's any more.</summary>
    /// <param name="walked">The last mail looked at.</param>
    /// <param name="looked">How many were looked at.</param>
    public async Task<ExportRun?> AddAsync(
        ExportRun run, IReadOnlyList<MeasuredMail> mails, (DateTimeOffset At, Guid Id)? walked, int looked, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await HoldAsync(connection, run, mails, cancellationToken) is not { } there) return null;
        var (after, entries) = (run with { Walked = walked ?? run.Walked }, new List<ExportEntry>());
        foreach (var mail in mails.Where(mail => there.Contains(mail.Id)))
        {
            (after, var entry) = after.With(mail);
            entries.Add(entry);
        }

        var done = run.Progress.Done + looked;
        after = after with { Progress = new JobProgress(done, Math.Max(done, run.Progress.Total), after.MailsEnd) };
        await RunAsync(connection, cancellationToken, Sql.NeedNotWait(), Entries(run.ExportId, entries), Walked(after), Progress(after)); // a crash repeats it
        await transaction.CommitAsync(cancellationToken);
        return after;
    }

    /// <summary>The list is complete: the file can be read. False: the run is not this silo's any more.</summary>
    public Task<bool> FinishAsync(ExportRun run, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return EndAsync(run, JobPolicy.OnSucceeded(run.Job, newMessages: null, now), Line(run, "export.ready", "done", null), run.Length, cancellationToken);
    }

    /// <inheritdoc cref="FinishAsync"/>
    public Task<bool> FailAsync(ExportRun run, SyncFailure failure, CancellationToken cancellationToken) => EndAsync(
        run, JobPolicy.OnFailed(run.Job, failure, time.GetUtcNow()), Line(run, "export.failed", "failed", failure.Code), length: null, cancellationToken);

    /// <summary>Another silo may go on at once.</summary>
    public async Task ReleaseAsync(ExportRun run, CancellationToken cancellationToken)
    {
        await using var release = database.Command("UPDATE export SET leased_until = NULL WHERE id = $1 AND run = $2", run.ExportId, run.Run);
        await release.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<bool> EndAsync(ExportRun run, Job job, AuditLine line, long? length, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await HoldAsync(connection, run, [], cancellationToken) is null) return false;
        var end = Sql.Batch("UPDATE export SET run = NULL, leased_until = NULL, length = $2, expires_at = $3 WHERE id = $1",
            run.ExportId, length is { } octets ? octets : Sql.Null(NpgsqlDbType.Bigint), Expiry());
        await RunAsync(connection, cancellationToken, end, JobSql.End(job), JobSql.Line(line, job.UpdatedAt));
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<HashSet<Guid>?> HoldAsync(NpgsqlConnection connection, ExportRun run, IReadOnlyList<MeasuredMail> mails, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Sql.Batch(Hold, run.ExportId, run.Run, time.GetUtcNow()));
        batch.BatchCommands.Add(Sql.Batch(Pin, mails.Select(mail => mail.Id).ToArray()));
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;
        await row.NextResultAsync(cancellationToken);
        var there = new HashSet<Guid>();
        while (await row.ReadAsync(cancellationToken)) there.Add(row.GetGuid(0));
        return there;
    }

    private static NpgsqlBatchCommand Entries(Guid exportId, List<ExportEntry> entries) => Sql.Batch(Add, exportId,
        entries.ConvertAll(e => e.Start), entries.ConvertAll(e => e.Length), entries.ConvertAll(e => e.MessageId), entries.ConvertAll(e => e.Label),
        entries.ConvertAll(e => e.Size), entries.ConvertAll(e => e.At.UtcDateTime), entries.ConvertAll(e => (long?)e.Crc), entries.ConvertAll(e => e.DirectoryAt));

    private NpgsqlBatchCommand Walked(ExportRun run) => Sql.Batch("""
        UPDATE export SET walked_at = $2, walked_id = $3, mails = $4, mails_end = $5, directory_end = $6, leased_until = now() + $7, expires_at = $8 WHERE id = $1
        """, run.ExportId, JobColumns.Time(run.Walked?.At), run.Walked is { } walked ? walked.Id : Sql.Null(NpgsqlDbType.Uuid),
        run.Mails, run.MailsEnd, run.DirectoryEnd, TimeSpan.FromSeconds(options.LeaseSeconds), Expiry());

    private NpgsqlBatchCommand Progress(ExportRun run) => Sql.Batch(
        "UPDATE job SET done = $2, total = $3, bytes = $4, updated_at = $5 WHERE id = $1",
        run.Job.Id, run.Progress.Done, run.Progress.Total, run.Progress.Bytes, time.GetUtcNow());

    private DateTimeOffset Expiry() => time.GetUtcNow() + TimeSpan.FromDays(options.KeepDays);

    private static AuditLine Line(ExportRun run, string action, string outcome, string? code) =>
        new(run.UserId, run.Job.AccountId, $"user:{run.UserId}", action, run.ExportId.ToString(), outcome) { Code = code };

    private static async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken, params NpgsqlBatchCommand[] commands)
    {
        await using var batch = connection.CreateBatch();
        foreach (var command in commands) batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
