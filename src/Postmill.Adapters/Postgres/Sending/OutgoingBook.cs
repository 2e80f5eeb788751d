using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Mail;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Adapters.Postgres.Messages;
using Postmill.Domain.Access;
using Postmill.Domain.Jobs;
using Postmill.Domain.Messages;
using Postmill.Domain.Sending;
using Postmill.Grains.Sending;

namespace Postmill.Adapters.Postgres.Sending;

/// <summary>
/// Takes outgoing mail in. It needs no fence: every row is new and belongs to nobody yet. Nor does it lock the account, so that who hands in a mail waits for none of its writers; what slips
/// in beside a disconnect is cancelled when the account comes back.
/// </summary>
internal sealed class OutgoingBook(NpgsqlDataSource database, DraftComposer composer, TimeProvider time) : IOutgoingBook
{
    private const string IdempotencyIndex = "outgoing_idempotency";

    public async Task<SendOutcome> AddAsync(Guid userId, Guid accountId, OutgoingDraft draft, string actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await AuthorAsync(connection, userId, accountId, cancellationToken) is not { } account) return new SendOutcome.NotFound();
        if (draft.From is { } given && !string.Equals(given.Email, account.Email, StringComparison.OrdinalIgnoreCase)) return new SendOutcome.NotTheAccount(account.Email);
        var now = time.GetUtcNow();
        var (mail, refusal) = composer.Compose(draft, account with { Name = draft.From?.Name ?? account.Name }, now);
        if (mail is null) return refusal!;
        try
        {
            return await StoreAsync(connection, userId, accountId, draft, mail, actor, now, cancellationToken);
        }
        catch (PostgresException twice) when (twice is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: IdempotencyIndex })
        {
            // The same key at the same moment: the other request was first.
            return await RepeatAsync(userId, draft, cancellationToken) ?? throw new InvalidOperationException("the mail that took the key is gone", twice);
        }
    }

    public async Task<SendOutcome?> RepeatAsync(Guid userId, OutgoingDraft draft, CancellationToken cancellationToken)
    {
        if (draft.IdempotencyKey is not { } key) return null;
        await using var select = database.Command(
            $"SELECT {JobColumns.Select}, o.email_id, o.message_id, o.fingerprint FROM outgoing o JOIN job j ON j.id = o.job_id WHERE o.user_id = $1 AND o.idempotency_key = $2", userId, key);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken)) return null;
        var fingerprint = row.IsDBNull(JobColumns.Count + 2) ? null : row.GetFieldValue<byte[]>(JobColumns.Count + 2);
        if (!(fingerprint ?? []).AsSpan().SequenceEqual(draft.Fingerprint)) return new SendOutcome.KeyReused();
        return new SendOutcome.Done(JobColumns.Read(row), row.GetGuid(JobColumns.Count), row.GetString(JobColumns.Count + 1), IsRepeat: true);
    }

    public async Task<Job?> FindAsync(Guid userId, Guid jobId, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"SELECT {JobColumns.Select} FROM job j JOIN outgoing o ON o.job_id = j.id WHERE j.id = $1 AND o.user_id = $2", jobId, userId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? JobColumns.Read(row) : null;
    }

    public async Task<IReadOnlyList<RecipientView>?> RecipientsAsync(Guid userId, Guid jobId, CancellationToken cancellationToken)
    {
        await using var select = database.Command("""
            SELECT ordinal, address, r.state, code, detail, settled_at, bounced_at, bounce_type, bounce_reason, complained_at
            FROM outgoing_recipient r JOIN outgoing o USING (job_id) WHERE r.job_id = $1 AND o.user_id = $2 ORDER BY ordinal
            """, jobId, userId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        var recipients = new List<RecipientView>();
        while (await row.ReadAsync(cancellationToken))
        {
            recipients.Add(new RecipientView(
                new OutgoingRecipient(row.GetInt32(0), row.GetString(1), RecipientWords.State(row.GetString(2)), Text(row, 3), Text(row, 4)),
                Time(row, 5), Time(row, 6), Text(row, 7), Text(row, 8), Time(row, 9)));
        }

        return recipients.Count == 0 ? null : recipients;
    }

    private static async Task<SendOutcome> StoreAsync(
        NpgsqlConnection connection, Guid userId, Guid accountId, OutgoingDraft draft, ComposedDraft mail, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var emailId = Guid.CreateVersion7(now);
        var job = NewJob(accountId, draft.SendAt > now ? draft.SendAt.Value : now, now);
        var read = IncomingMailReader.Read(0, [], now, mail.Raw) with { Bcc = draft.Bcc };
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await new MessageCopy(connection, accountId, now).WriteAsync([new NewMessage(emailId, read, MessageDirection.Outbound, now)], cancellationToken);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(JobSql.New(job, actor));
        if (draft.Lane != SendLane.Single) batch.BatchCommands.Add(Sql.Batch("UPDATE job SET lane = $2 WHERE id = $1", job.Id, (short)draft.Lane));
        batch.BatchCommands.Add(Sql.Batch("UPDATE message SET task_id = $2, job_id = $3, tags = $4 WHERE id = $1", emailId, job.TaskId, job.Id, draft.Tags.ToArray()));
        batch.BatchCommands.Add(Outgoing(userId, accountId, draft, mail, job, emailId, now));
        batch.BatchCommands.Add(Recipients(job.Id, mail.Recipients));
        batch.BatchCommands.Add(Sql.Batch("INSERT INTO outbox (account_id) VALUES ($1) ON CONFLICT DO NOTHING", accountId));
        batch.BatchCommands.Add(JobSql.Line(new AuditLine(userId, accountId, actor, "task.requested", job.Id.ToString(), "done"), now));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new SendOutcome.Done(job, emailId, mail.MessageId, IsRepeat: false);
    }

    private static NpgsqlBatchCommand Outgoing(Guid userId, Guid accountId, OutgoingDraft draft, ComposedDraft mail, Job job, Guid emailId, DateTimeOffset now) => Sql.Batch("""
        INSERT INTO outgoing (job_id, account_id, user_id, email_id, message_id, envelope_from, needs_utf8, size, idempotency_key, fingerprint, tags, metadata, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        job.Id, accountId, userId, emailId, mail.MessageId, mail.EnvelopeFrom, mail.NeedsUtf8, (long)mail.Raw.Length, JobColumns.Text(draft.IdempotencyKey),
        draft.Fingerprint ?? (object)Sql.Null(NpgsqlDbType.Bytea), draft.Tags.ToArray(),
        new NpgsqlParameter { Value = draft.MetadataJson ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb }, now);

    private static NpgsqlBatchCommand Recipients(Guid jobId, IReadOnlyList<string> addresses) => Sql.Batch("""
        INSERT INTO outgoing_recipient (job_id, ordinal, address, address_key, state)
        SELECT $1, n - 1, address, key, 'waiting' FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS a (address, key, n)
        """, jobId, addresses.ToArray(), addresses.Select(RecipientKey.Of).ToArray());

    private static Job NewJob(Guid accountId, DateTimeOffset nextRunAt, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        TaskId = Guid.CreateVersion7(now),
        AccountId = accountId,
        Kind = JobKinds.SendMessage,
        Cause = JobCause.User,
        State = JobState.Queued,
        MaxAttempts = SendPolicy.MostAttempts,
        NextRunAt = nextRunAt,
        CreatedAt = now,
        UpdatedAt = now,
    };

    private static async Task<MailAddressValue?> AuthorAsync(NpgsqlConnection connection, Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        await using var select = connection.CreateCommand();
        select.CommandText = "SELECT email, name FROM account WHERE id = $1 AND user_id = $2 AND connected";
        select.Parameters.Add(new() { Value = accountId });
        select.Parameters.Add(new() { Value = userId });
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? new MailAddressValue(Text(row, 1), row.GetString(0)) : null;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);
}
