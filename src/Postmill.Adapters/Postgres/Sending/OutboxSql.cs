using Npgsql;
using NpgsqlTypes;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sending;
using Postmill.Grains.Sending;

namespace Postmill.Adapters.Postgres.Sending;

/// <summary>Statements on outgoing mail that run within somebody else's transaction.</summary>
internal static class OutboxSql
{
    private const string InDoubt = "The sending process was lost while the mail was under way; whether the server has it cannot be told.";

    private const string SetInDoubt = $"""
        state = 'uncertain', last_error_code = '{SendFailure.OutcomeUnknown}', last_error_detail = '{InDoubt}', next_run_at = NULL
        """;

    private const string RecipientsInDoubt = $"""
        UPDATE outgoing_recipient SET state = 'uncertain', code = '{SendFailure.OutcomeUnknown}', detail = '{InDoubt}', settled_at = $3
        WHERE state = 'waiting' AND job_id IN (SELECT id FROM doubt)
        """;

    private const string LineInDoubt = $"""
        INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome, code)
        SELECT $3, a.user_id, a.id, 'system', 'mail.uncertain', doubt.id::text, 'uncertain', '{SendFailure.OutcomeUnknown}' FROM doubt JOIN account a ON a.id = doubt.account_id
        """;

    /// <summary>Inside the claim's statement, over <c>claimed</c>; $3 is now. What ran under the owner before may have reached the server, and nobody is left who knows.</summary>
    public const string DoubtOfClaimed = $"""
        doubt AS (
          UPDATE job SET {SetInDoubt}, ended_at = $3, updated_at = $3
          WHERE account_id IN (SELECT id FROM claimed) AND state = 'running' AND kind = 'send_message' RETURNING id, account_id
        ), doubted AS (
          {RecipientsInDoubt}
        ), told AS (
          {LineInDoubt}
        )
        """;

    /// <summary>How the outbox stands, over <c>claimed</c> and <see cref="DoubtOfClaimed"/>: waits, is uncertain, was doubted.</summary>
    public const string Standing = """
        EXISTS (SELECT 1 FROM job WHERE account_id = claimed.id AND kind = 'send_message' AND state IN ('queued', 'retrying')),
        EXISTS (SELECT 1 FROM job WHERE account_id = claimed.id AND kind = 'send_message' AND state = 'uncertain') OR EXISTS (SELECT 1 FROM doubt),
        (SELECT count(*) FROM doubt)::int
        """;

    /// <summary>The account is disconnected: what is under way there is nobody's any more, what waits is cancelled with the jobs.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Disconnected(Guid accountId, DateTimeOffset now)
    {
        yield return Sql.Batch($"""
            WITH doubt AS (
              UPDATE job SET {SetInDoubt}, ended_at = $3, updated_at = $3 WHERE account_id = $1 AND state = 'running' AND kind = $2 RETURNING id, account_id
            ), told AS (
              {LineInDoubt}
            )
            {RecipientsInDoubt}
            """, accountId, JobKinds.SendMessage, now);
        yield return CancelledWith(accountId, now);
    }

    /// <summary>The account is connected again: what slipped in beside its disconnect is not sent now.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Connected(Guid accountId, DateTimeOffset now)
    {
        yield return Sql.Batch("""
            UPDATE job SET state = 'cancelled', next_run_at = NULL, ended_at = $2, updated_at = $2 WHERE account_id = $1 AND kind = 'send_message' AND state IN ('queued', 'retrying')
            """, accountId, now);
        yield return CancelledWith(accountId, now);
    }

    /// <summary>A person cancelled the mail: who still waits for it gets none.</summary>
    public static NpgsqlBatchCommand Cancelled(Guid jobId, DateTimeOffset now) => Sql.Batch(
        "UPDATE outgoing_recipient SET state = 'cancelled', settled_at = $2 WHERE job_id = $1 AND state = 'waiting'", jobId, now);

    /// <summary>A person wants it sent again to everybody who is not known to have it.</summary>
    public static NpgsqlBatchCommand Again(Guid jobId) => Sql.Batch(
        "UPDATE outgoing_recipient SET state = 'waiting', settled_at = NULL WHERE job_id = $1 AND state IN ('failed', 'uncertain', 'cancelled')", jobId);

    /// <summary>Outcomes of mails that run; a job that does not run any more stays as it is, and its recipients with it.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Outcomes(Claim claim, IReadOnlyList<MailOutcome> outcomes, DateTimeOffset now)
    {
        var jobs = outcomes.Select(outcome => outcome.Attempt.Job).ToList();
        var changed = outcomes.SelectMany(outcome => outcome.Attempt.Changed.Select(recipient => (outcome.Attempt.Job.Id, Recipient: recipient))).ToList();
        // Recipients and lines first: their condition is that the job still runs.
        if (changed.Count > 0)
        {
            yield return Sql.Batch("""
                UPDATE outgoing_recipient r SET state = o.state, code = o.code, detail = o.detail, settled_at = CASE WHEN o.state = 'waiting' THEN NULL ELSE $6 END
                FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[]) AS o (job_id, ordinal, state, code, detail) JOIN job ON job.id = o.job_id AND job.state = 'running'
                WHERE r.job_id = o.job_id AND r.ordinal = o.ordinal
                """,
                changed.Select(c => c.Id).ToArray(), changed.Select(c => c.Recipient.Ordinal).ToArray(), changed.Select(c => c.Recipient.State.Word()).ToArray(),
                Texts(changed.Select(c => c.Recipient.Code)), Texts(changed.Select(c => c.Recipient.Text)), now);
        }

        if (MailLines.Of(outcomes) is { Count: > 0 } lines) yield return Lines(claim, lines, now);
        yield return Sql.Batch("""
            UPDATE job SET state = o.state, attempt_count = o.attempts, last_error_code = o.code, last_error_detail = o.detail, next_run_at = o.next, ended_at = o.ended, updated_at = $8
            FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[]) AS o (id, state, attempts, code, detail, next, ended)
            WHERE job.id = o.id AND job.state = 'running'
            """,
            jobs.Select(job => job.Id).ToArray(), jobs.Select(job => job.State.Word()).ToArray(), jobs.Select(job => job.AttemptCount).ToArray(),
            Texts(jobs.Select(job => job.LastErrorCode)), Texts(jobs.Select(job => job.LastErrorDetail)), Times(jobs.Select(job => job.NextRunAt)), Times(jobs.Select(job => job.EndedAt)), now);
    }

    /// <summary>Of those that still wait, these are to be sent from the commit on.</summary>
    public static NpgsqlBatchCommand Intents(IReadOnlyList<Guid> jobs, DateTimeOffset now) => Sql.Batch("""
        UPDATE job SET state = 'running', attempt_count = attempt_count + 1, next_run_at = NULL, started_at = $2, ended_at = NULL, updated_at = $2
        WHERE id = ANY ($1) AND state IN ('queued', 'retrying') RETURNING id
        """, jobs.ToArray(), now);

    public static NpgsqlBatchCommand KeepPace(Guid accountId, string json) => Sql.Batch(
        "INSERT INTO outbox (account_id, pace) VALUES ($1, $2) ON CONFLICT (account_id) DO UPDATE SET pace = excluded.pace",
        accountId, new NpgsqlParameter { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb });

    /// <summary>In one statement: a bulk run writes as many lines as it sends mails.</summary>
    private static NpgsqlBatchCommand Lines(Claim claim, IReadOnlyList<MailLine> lines, DateTimeOffset now) => Sql.Batch("""
        INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome, code, detail)
        SELECT $1, $2, $3, 'system', l.action, l.job_id::text, l.outcome, l.code, l.detail::jsonb
        FROM unnest($4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[]) AS l (action, job_id, outcome, code, detail) JOIN job ON job.id = l.job_id AND job.state = 'running'
        """,
        now, claim.UserId, claim.AccountId, lines.Select(line => line.Action).ToArray(), lines.Select(line => line.JobId).ToArray(), lines.Select(line => line.Outcome).ToArray(),
        Texts(lines.Select(line => line.Code)), lines.Select(line => line.DetailJson).ToArray());

    private static NpgsqlBatchCommand CancelledWith(Guid accountId, DateTimeOffset now) => Sql.Batch("""
        UPDATE outgoing_recipient SET state = 'cancelled', settled_at = $2
        WHERE state = 'waiting' AND job_id IN (SELECT id FROM job WHERE account_id = $1 AND kind = 'send_message' AND state = 'cancelled')
        """, accountId, now);

    private static NpgsqlParameter Texts(IEnumerable<string?> texts) => new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter Times(IEnumerable<DateTimeOffset?> times) => new()
    {
        Value = times.Select(at => at?.UtcDateTime).ToArray(),
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
    };
}

/// <summary>A line of the log about one mail.</summary>
internal sealed record MailLine(string Action, Guid JobId, string Outcome, string? Code, string DetailJson);
