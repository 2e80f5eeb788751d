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

    /// <summary>What was in doubt about some mails was accepted after all; $1 is the user, $2 is now.</summary>
    /// <param name="proved">A query for their <c>job_id</c>.</param>
    public static string Proved(string proved, string foundIn) => $"""
        WITH proved AS MATERIALIZED (
          {proved}
        ), sent AS (
          UPDATE outgoing_recipient SET state = 'sent', code = NULL, detail = NULL, settled_at = $2 WHERE state = 'uncertain' AND job_id IN (SELECT job_id FROM proved)
        ), settled AS (
          UPDATE job SET state = CASE WHEN EXISTS (SELECT 1 FROM outgoing_recipient r WHERE r.job_id = job.id AND r.state = 'failed') THEN 'failed' ELSE 'succeeded' END,
            ended_at = $2, updated_at = $2
          WHERE state = 'uncertain' AND id IN (SELECT job_id FROM proved) RETURNING id, account_id
        )
        INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome, detail)
        SELECT $2, $1, account_id, 'system', 'mail.found', id::text, 'done', jsonb_build_object('found_in', '{foundIn}') FROM settled
        """;

    /// <summary>
    /// The fence of a transaction that does not wait for the disk (<see cref="Flush"/> does). Its statements are planned once a session, when the tables may be all but empty, and go by
    /// keys for ever.
    /// </summary>
    public static NpgsqlBatchCommand Fenced(Claim claim) => Sql.Batch("""
        SELECT fence($1, $2, $3), set_config('synchronous_commit', 'off', true),
          set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
        """, claim.AccountId, claim.Owner, claim.Epoch);

    /// <summary>Waits until everything that was committed before is on disk: the log is written in order.</summary>
    public static NpgsqlBatchCommand Flush() => Sql.Batch("SELECT pg_logical_emit_message(true, 'postmill', '')");

    /// <summary>Outcomes of mails that run; a job that does not run any more stays as it is, and its recipients with it.</summary>
    public static NpgsqlBatchCommand Outcomes(Claim claim, IReadOnlyList<MailOutcome> outcomes, DateTimeOffset now)
    {
        var jobs = outcomes.Select(outcome => outcome.Attempt.Job).ToList();
        var changed = outcomes.SelectMany(outcome => outcome.Attempt.Changed.Select(recipient => (outcome.Attempt.Job.Id, Recipient: recipient))).ToList();
        var lines = MailLines.Of(outcomes);
        return Sql.Batch("""
            WITH settled AS (
              UPDATE job SET state = o.state, attempt_count = o.attempts, last_error_code = o.code, last_error_detail = o.detail, next_run_at = o.next, ended_at = o.ended, updated_at = $1
              FROM unnest($2::uuid[], $3::text[], $4::int[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[]) AS o (id, state, attempts, code, detail, next, ended)
              WHERE job.id = o.id AND (job.state = 'running') IS TRUE RETURNING job.id -- not by the index of states, which is full of those that ran just now
            ), told AS (
              INSERT INTO audit (at, user_id, account_id, actor, action, subject, outcome, code, detail)
              SELECT $1, $14, $15, 'system', l.action, l.job_id::text, l.outcome, l.code, l.detail::jsonb
              FROM unnest($16::text[], $17::uuid[], $18::text[], $19::text[], $20::text[]) AS l (action, job_id, outcome, code, detail) JOIN settled ON settled.id = l.job_id
            )
            UPDATE outgoing_recipient r SET state = o.state, code = o.code, detail = o.detail, settled_at = CASE WHEN o.state = 'waiting' THEN NULL ELSE $1 END
            FROM unnest($9::uuid[], $10::int[], $11::text[], $12::text[], $13::text[]) AS o (job_id, ordinal, state, code, detail) JOIN settled ON settled.id = o.job_id
            WHERE r.job_id = o.job_id AND r.ordinal = o.ordinal
            """,
            now,
            jobs.Select(job => job.Id).ToArray(), jobs.Select(job => job.State.Word()).ToArray(), jobs.Select(job => job.AttemptCount).ToArray(),
            Texts(jobs.Select(job => job.LastErrorCode)), Texts(jobs.Select(job => job.LastErrorDetail)), Times(jobs.Select(job => job.NextRunAt)), Times(jobs.Select(job => job.EndedAt)),
            changed.Select(c => c.Id).ToArray(), changed.Select(c => c.Recipient.Ordinal).ToArray(), changed.Select(c => c.Recipient.State.Word()).ToArray(),
            Texts(changed.Select(c => c.Recipient.Code)), Texts(changed.Select(c => c.Recipient.Text)),
            claim.UserId, claim.AccountId, lines.Select(line => line.Action).ToArray(), lines.Select(line => line.JobId).ToArray(), lines.Select(line => line.Outcome).ToArray(),
            Texts(lines.Select(line => line.Code)), lines.Select(line => line.DetailJson).ToArray());
    }

    /// <summary>Of those that still wait, these are to be sent from the commit on.</summary>
    public static NpgsqlBatchCommand Intents(IReadOnlyList<Guid> jobs, DateTimeOffset now) => Sql.Batch("""
        UPDATE job SET state = 'running', attempt_count = attempt_count + 1, next_run_at = NULL, started_at = $2, ended_at = NULL, updated_at = $2
        WHERE id = ANY ($1) AND (state IN ('queued', 'retrying')) IS TRUE RETURNING id -- by the key alone
        """, jobs.ToArray(), now);

    public static NpgsqlBatchCommand KeepPace(Guid accountId, string json) => Sql.Batch(
        "INSERT INTO outbox (account_id, pace) VALUES ($1, $2) ON CONFLICT (account_id) DO UPDATE SET pace = excluded.pace",
        accountId, new NpgsqlParameter { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb });

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
