using Npgsql;
using Postmill.Grains.Jobs;

namespace Postmill.Adapters.Postgres.Jobs;

/// <summary>What a look costs depends on what is due: the index holds nothing else. Nobody waits for a row that another silo's look is taking.</summary>
internal sealed class DueJobs(NpgsqlDataSource database) : IDueJobs
{
    internal const string Take = """
        UPDATE job SET swept_at = now()
        WHERE id = ANY (ARRAY (
          SELECT id FROM job
          WHERE state IN ('queued', 'retrying') AND cause IN ('user', 'post') AND next_run_at <= $3 AND coalesce(swept_at, timestamptz '-infinity') <= now() - $2
            AND EXISTS (SELECT 1 FROM account WHERE id = job.account_id AND connected)
          ORDER BY next_run_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED))
        RETURNING account_id
        """;

    public async Task<(int Jobs, IReadOnlyList<Guid> Accounts)> TakeAsync(int most, TimeSpan pause, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var take = database.CreateBatch();
        take.BatchCommands.Add(Sql.NeedNotWait()); // a mark that is lost is made again
        take.BatchCommands.Add(Sql.Batch(Take, most, pause, now));
        await using var row = await take.ExecuteReaderAsync(cancellationToken);
        await row.NextResultAsync(cancellationToken);
        var (jobs, accounts) = (0, new HashSet<Guid>());
        for (; await row.ReadAsync(cancellationToken); jobs++) accounts.Add(row.GetGuid(0));
        return (jobs, [.. accounts]);
    }
}
