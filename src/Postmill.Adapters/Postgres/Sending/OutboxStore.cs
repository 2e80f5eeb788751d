using Npgsql;
using Postmill.Adapters.Postgres.Accounts;
using Postmill.Adapters.Postgres.Acts;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sending;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sending;

namespace Postmill.Adapters.Postgres.Sending;

/// <summary>The owner's statements on an account's outgoing mail, behind the fence.</summary>
internal sealed class OutboxStore(NpgsqlDataSource database, Fence fence) : IOutbox
{
    /// <summary>Octets up to which a mail's content comes with its row; a batch of them is held in memory.</summary>
    private const int SmallMail = 64 * 1024;

    private const string Waiting = "kind = 'send_message' AND state IN ('queued', 'retrying')";

    // The rows first, by their index and as many as are asked for; what belongs to each of them after that.
    private const string Due = $"""
        WITH due AS (
          SELECT * FROM job WHERE account_id = $1 AND {Waiting} AND next_run_at <= $2 AND id <> ALL ($3) ORDER BY lane, next_run_at LIMIT $4
        )
        SELECT {JobColumns.Select}, j.lane, o.email_id, o.message_id, o.envelope_from, o.needs_utf8, o.size,
          (SELECT raw FROM message_raw WHERE message_id = o.email_id AND o.size <= $5), w.ordinals, w.addresses, w.codes, w.details, w.settled, w.suppressed
        FROM due j JOIN outgoing o ON o.job_id = j.id
        CROSS JOIN LATERAL (
          SELECT array_agg(ordinal ORDER BY ordinal) FILTER (WHERE state = 'waiting') AS ordinals, array_agg(address ORDER BY ordinal) FILTER (WHERE state = 'waiting') AS addresses,
            array_agg(code ORDER BY ordinal) FILTER (WHERE state = 'waiting') AS codes, array_agg(detail ORDER BY ordinal) FILTER (WHERE state = 'waiting') AS details,
            array_agg(DISTINCT state) FILTER (WHERE state <> 'waiting') AS settled, array_agg(ordinal) FILTER (WHERE state = 'waiting' AND s.email_key IS NOT NULL) AS suppressed
          FROM outgoing_recipient r LEFT JOIN suppression s ON s.user_id = o.user_id AND s.email_key = r.address_key AND (s.expires_at IS NULL OR s.expires_at > $2)
          WHERE job_id = j.id
        ) AS w
        ORDER BY j.lane, j.next_run_at
        """;

    private static readonly string Filed = OutboxSql.Proved("""
        SELECT o.job_id FROM outgoing o
        WHERE o.job_id IN (SELECT id FROM job WHERE account_id = $3 AND state = 'uncertain' AND kind = 'send_message') AND EXISTS (
          SELECT 1 FROM message m JOIN location l ON l.message_id = m.id JOIN folder f ON f.id = l.folder_id
          WHERE m.account_id = $3 AND m.message_id = o.message_id AND f.special_use = 'sent')
        """, "sent");

    public async Task<IReadOnlyList<OutgoingMail>> DueAsync(Claim claim, IReadOnlyCollection<Guid> except, int most, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var mails = await ReadAsync(claim, except, most, now, cancellationToken);
        if (mails.TrueForAll(mail => mail.Suppressed.Count == 0)) return mails;
        await SuppressAsync(claim, mails.FindAll(mail => mail.Suppressed.Count > 0), now, cancellationToken);
        return (await ReadAsync(claim, except, most, now, cancellationToken)).FindAll(mail => mail.Suppressed.Count == 0);
    }

    public async Task<DateTimeOffset?> NextAtAsync(Claim claim, IReadOnlyCollection<Guid> except, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"SELECT min(next_run_at) FROM job WHERE account_id = $1 AND {Waiting} AND id <> ALL ($2)", claim.AccountId, except.ToArray());
        return await select.ExecuteScalarAsync(cancellationToken) is DateTime next ? new DateTimeOffset(next) : null;
    }

    public async Task<KeptPace> PaceAsync(Claim claim, CancellationToken cancellationToken)
    {
        await using var select = database.Command("SELECT clock_timestamp(), (SELECT pace FROM outbox WHERE account_id = $1)", claim.AccountId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new KeptPace(row.IsDBNull(1) ? null : PaceJson.Read(row.GetString(1)), row.GetFieldValue<DateTimeOffset>(0));
    }

    public async Task<AccountLimits> LimitsAsync(Claim claim, CancellationToken cancellationToken)
    {
        await using var select = database.Command("SELECT sending_limits FROM account WHERE id = $1", claim.AccountId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? AccountColumns.Limits(row, 0) : AccountLimits.None;
    }

    // The transaction lets go of its locks before it is on disk, so that the next one's work goes on beside the disk's. What makes it durable goes over the same connection: had
    // PostgreSQL lost it in between, the connection would be lost as well.
    public async Task<IReadOnlySet<Guid>> CommitAsync(Claim claim, OutboxCommit commit, Action written, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var granted = await fence.GuardAsync(claim, () =>
            connection.PreparedAsync([OutboxSql.Fenced(claim), .. Commands(claim, commit)], row => GrantedAsync(row, cancellationToken), cancellationToken));
        written();
        return await connection.PreparedAsync([OutboxSql.Flush()], _ => Task.FromResult(granted), cancellationToken);
    }

    public Task DeferAsync(Claim claim, SendPause pause, int most, bool counts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var detail = pause.Failure.Text.Length <= JobPolicy.MostDetail ? pause.Failure.Text : pause.Failure.Text[..JobPolicy.MostDetail];
        return fence.ExecuteAsync(claim, Durability.OnDisk, cancellationToken, Sql.Batch($"""
            WITH deferred AS (
              UPDATE job SET last_error_code = $4, last_error_detail = $5, updated_at = $2, attempt_count = attempt_count + CASE WHEN $6 THEN 1 ELSE 0 END,
                state = CASE WHEN NOT $6 THEN CASE WHEN $9::timestamptz IS NULL THEN 'queued' ELSE state END WHEN attempt_count + 1 < max_attempts THEN 'retrying'
                  WHEN EXISTS (SELECT 1 FROM outgoing_recipient r WHERE r.job_id = job.id AND r.state = 'uncertain') THEN 'uncertain' ELSE 'failed' END,
                next_run_at = CASE WHEN NOT $6 THEN $9::timestamptz
                  WHEN attempt_count + 1 < max_attempts THEN greatest($2 + ($7::interval[])[least(attempt_count + 1, cardinality($7::interval[]))], $9::timestamptz) END,
                ended_at = CASE WHEN $6 AND attempt_count + 1 >= max_attempts THEN $2 END
              WHERE id IN (SELECT id FROM job WHERE account_id = $1 AND {Waiting} AND next_run_at <= $2 ORDER BY lane, next_run_at DESC LIMIT $3) AND {Waiting}
              RETURNING id, state
            ), failed AS (
              UPDATE outgoing_recipient SET state = 'failed', code = $4, detail = $5, settled_at = $2
              WHERE state = 'waiting' AND job_id IN (SELECT id FROM deferred WHERE state IN ('failed', 'uncertain'))
            )
            INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome, code, detail)
            SELECT $2, $8, $1, 'system', 'mail.deferred', id::text, 'failed', $4, jsonb_build_object('text', $5, 'state', state) FROM deferred
            """,
            claim.AccountId, now, most, pause.Failure.Code, detail, counts, SendPolicy.Waits.ToArray(), claim.UserId, JobColumns.Time(pause.NeedsPerson ? null : pause.Until)));
    }

    public Task UnparkAsync(Claim claim, DateTimeOffset? pausedUntil, DateTimeOffset now, CancellationToken cancellationToken) => fence.ExecuteAsync(claim, Durability.OnDisk, cancellationToken, Sql.Batch(
        $"UPDATE job SET next_run_at = $2, updated_at = $2 WHERE account_id = $1 AND {Waiting} AND (next_run_at IS NULL OR next_run_at = $3)", claim.AccountId, now, JobColumns.Time(pausedUntil)));

    public async Task<int> ReconcileAsync(Claim claim, DateTimeOffset? repeatBefore, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await fence.ExecuteAsync(claim, Durability.OnDisk, cancellationToken, Sql.Batch(Filed, claim.UserId, now, claim.AccountId));
        if (repeatBefore is { } before) await RepeatAsync(claim, before, now, cancellationToken);
        await using var left = database.Command("SELECT count(*)::int FROM job WHERE account_id = $1 AND state = 'uncertain' AND kind = 'send_message'", claim.AccountId);
        return (int)(await left.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<bool> IsSettledAsync(Claim claim, Guid jobId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var select = database.Command(
            "SELECT 1 FROM job WHERE id = $1 AND account_id = $2 AND (state = 'running' OR state IN ('queued', 'retrying') AND next_run_at <= $3)", jobId, claim.AccountId, now);
        return await select.ExecuteScalarAsync(cancellationToken) is null;
    }

    private async Task<List<OutgoingMail>> ReadAsync(Claim claim, IReadOnlyCollection<Guid> except, int most, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var select = database.Command(Due, claim.AccountId, now, except.ToArray(), most, (long)SmallMail);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        var mails = new List<OutgoingMail>();
        while (await row.ReadAsync(cancellationToken)) mails.Add(Read(row));
        return mails;
    }

    /// <summary>Begun and ended in one transaction; a mail that was cancelled meanwhile is not begun.</summary>
    private Task SuppressAsync(Claim claim, IReadOnlyList<OutgoingMail> mails, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var attempts = mails.Select(mail => (Mail: mail, Attempt: SendPolicy.OnSuppressed(mail, now)));
        var outcomes = attempts.Select(a => new MailOutcome(a.Mail, a.Attempt, string.Join(", ", a.Attempt.Changed.Select(recipient => recipient.Address)))).ToList();
        return fence.ExecuteAsync(
            claim, Durability.OnDisk, cancellationToken, OutboxSql.Intents([.. mails.Select(mail => mail.Job.Id)], now), OutboxSql.Outcomes(claim, outcomes, now));
    }

    /// <summary>Mails that somebody has now, and nobody had before: the copy of one that is accepted in several attempts is asked for with the first.</summary>
    private static IEnumerable<OutgoingMail> Accepted(IReadOnlyList<MailOutcome> outcomes) => outcomes
        .Where(outcome => !outcome.Mail.Settled.Contains(RecipientState.Sent) && outcome.Attempt.Changed.Any(recipient => recipient.State == RecipientState.Sent)).Select(outcome => outcome.Mail);

    private Task RepeatAsync(Claim claim, DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken) =>
        fence.ExecuteAsync(claim, Durability.OnDisk, cancellationToken, Sql.Batch("""
            WITH again AS (
              UPDATE job SET state = 'queued', next_run_at = $3, ended_at = NULL, updated_at = $3
              WHERE account_id = $1 AND state = 'uncertain' AND kind = 'send_message' AND ended_at <= $2 RETURNING id
            ), told AS (
              INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome) SELECT $3, $4, $1, 'system', 'mail.repeated', id::text, 'done' FROM again
            )
            UPDATE outgoing_recipient SET state = 'waiting', settled_at = NULL WHERE state = 'uncertain' AND job_id IN (SELECT id FROM again)
            """, claim.AccountId, before, now, claim.UserId));

    private static IEnumerable<NpgsqlBatchCommand> Commands(Claim claim, OutboxCommit commit)
    {
        if (commit.Outcomes.Count > 0)
        {
            yield return OutboxSql.Outcomes(claim, commit.Outcomes, commit.At);
            foreach (var mail in commit.FileCopies ? Accepted(commit.Outcomes) : [])
                foreach (var command in MailboxActSql.AppendSent(claim, mail.Job.TaskId, mail.EmailId, commit.At)) yield return command;
        }

        if (commit.Pace is { } pace) yield return OutboxSql.KeepPace(claim.AccountId, PaceJson.Write(pace));
        if (commit.Intents.Count > 0) yield return OutboxSql.Intents(commit.Intents, commit.At);
    }

    private static async Task<IReadOnlySet<Guid>> GrantedAsync(NpgsqlDataReader row, CancellationToken cancellationToken)
    {
        var granted = new HashSet<Guid>();
        do
        {
            while (await row.ReadAsync(cancellationToken)) if (row.FieldCount == 1 && row.GetName(0) == "id") granted.Add(row.GetGuid(0));
        }
        while (await row.NextResultAsync(cancellationToken));
        return granted;
    }

    private static OutgoingMail Read(NpgsqlDataReader row)
    {
        const int at = JobColumns.Count;
        var (ordinals, addresses) = (Array<int>(row, at + 7), Array<string>(row, at + 8));
        var (codes, details) = (Array<string?>(row, at + 9), Array<string?>(row, at + 10));
        return new OutgoingMail(
            JobColumns.Read(row), (SendLane)row.GetInt16(at), row.GetGuid(at + 1), row.GetString(at + 2), row.GetString(at + 3), row.GetBoolean(at + 4),
            [.. ordinals.Select((ordinal, n) => new OutgoingRecipient(ordinal, addresses[n], RecipientState.Waiting, codes[n], details[n]))],
            row.GetInt64(at + 5), Content(row, at + 6))
        {
            Settled = [.. Array<string>(row, at + 11).Select(RecipientWords.State)],
            Suppressed = Array<int>(row, at + 12),
        };
    }

    // Not "null : bytes": that null would be an array, and become an empty mail.
    private static ReadOnlyMemory<byte>? Content(NpgsqlDataReader row, int column)
    {
        if (row.IsDBNull(column)) return null;
        return row.GetFieldValue<byte[]>(column);
    }

    private static T[] Array<T>(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? [] : row.GetFieldValue<T[]>(column);
}
