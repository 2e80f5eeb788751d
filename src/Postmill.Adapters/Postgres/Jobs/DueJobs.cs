using Npgsql;
using Postmill.Grains.Jobs;

namespace Postmill.Adapters.Postgres.Jobs;

/// <summary>What a look costs depends on what is due: the index holds nothing else. Nobody waits for a row that another silo's look is taking.</summary>
internal sealed class DueJobs(NpgsqlDataSource database) : IDueJobs
{
    internal const string Take = $"""
        UPDATE job SET swept_at = now()
        WHERE id = ANY (ARRAY (
          SELECT id FROM job
          WHERE state IN ('queued', 'retrying') AND cause IN ('user', 'post') AND kind <> 'send_message' AND {JobSql.OfOwner}
            AND next_run_at <= $3 AND coalesce(swept_at, timestamptz '-infinity') <= now() - $2
            AND EXISTS (SELECT 1 FROM account WHERE id = job.account_id AND connected)
          ORDER BY next_run_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED))
        RETURNING account_id
        """;

    // From one account with waiting mail to the next over the index, whatever lies between: a look costs as much as accounts have mail, not as much mail as they have.
    internal const string TakeMail = """
        WITH RECURSIVE theirs AS (
          (SELECT account_id FROM job WHERE kind = 'send_message' AND state IN ('queued', 'retrying') ORDER BY account_id LIMIT 1)
          UNION ALL
          SELECT (SELECT next.account_id FROM job next
                  WHERE next.kind = 'send_message' AND next.state IN ('queued', 'retrying') AND next.account_id > theirs.account_id ORDER BY next.account_id LIMIT 1)
          FROM theirs WHERE theirs.account_id IS NOT NULL
        ), due AS (
          SELECT o.account_id FROM theirs JOIN outbox o USING (account_id)
          WHERE coalesce(o.swept_at, timestamptz '-infinity') <= now() - $2 AND EXISTS (SELECT 1 FROM account WHERE id = o.account_id AND connected)
            AND EXISTS (
              SELECT 1 FROM job WHERE job.account_id = o.account_id AND lane IN (0, 1) AND kind = 'send_message' AND state IN ('queued', 'retrying') AND next_run_at <= $3)
          LIMIT $1 FOR NO KEY UPDATE OF o SKIP LOCKED
        )
        UPDATE outbox SET swept_at = now() WHERE account_id IN (SELECT account_id FROM due) RETURNING account_id
        """;

    public async Task<(int Jobs, IReadOnlyList<Guid> Accounts)> TakeAsync(int most, TimeSpan pause, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var take = database.CreateBatch();
        take.BatchCommands.Add(Sql.NeedNotWait()); // a mark that is lost is made again
        take.BatchCommands.Add(Sql.Batch(Take, most, pause, now));
        take.BatchCommands.Add(Sql.Batch(TakeMail, most, pause, now));
        await using var row = await take.ExecuteReaderAsync(cancellationToken);
        await row.NextResultAsync(cancellationToken);
        var (jobs, accounts) = (0, new HashSet<Guid>());
        for (; await row.ReadAsync(cancellationToken); jobs++) accounts.Add(row.GetGuid(0));
        await row.NextResultAsync(cancellationToken);
        for (; await row.ReadAsync(cancellationToken); jobs++) accounts.Add(row.GetGuid(0));
        return (jobs, [.. accounts]);
    }
}
