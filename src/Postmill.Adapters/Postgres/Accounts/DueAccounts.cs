using Npgsql;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Postgres.Accounts;

/// <summary>
/// What a look costs depends on what it finds: owners are read by steps from one to the next, accounts without a living owner by the owner's index, late ones by the
/// schedule's. Nobody waits for a row that another sweep is taking.
/// </summary>
internal sealed class DueAccounts(NpgsqlDataSource database) : IDueAccounts
{
    // "owner NOT IN (living)" would read every account; there are as many distinct owners as silos. A run that is going, or waits for its start, is not due.
    // "= ANY (ARRAY …)" goes by the key, where a join would read the table when many are picked.
    // A wake from before the owner was declared dead went to the silo that was dying: it is not waited for.
    internal const string Take = """
        WITH RECURSIVE owners AS (
          (SELECT owner FROM account WHERE connected AND owner IS NOT NULL ORDER BY owner LIMIT 1)
          UNION ALL
          SELECT (SELECT next.owner FROM account next WHERE next.connected AND next.owner > owners.owner ORDER BY next.owner LIMIT 1)
          FROM owners WHERE owners.owner IS NOT NULL
        ), gone AS (
          SELECT owner, (SELECT max(died_at) FROM silo WHERE silo.owner = owners.owner) AS died_at FROM owners
          WHERE owner IS NOT NULL AND NOT EXISTS (SELECT 1 FROM silo WHERE silo.owner = owners.owner AND silo.status <> 'dead')
        ), free AS (
          SELECT id FROM account
          WHERE connected AND owner IS NULL AND coalesce(swept_at, timestamptz '-infinity') <= now() - $2
          ORDER BY coalesce(swept_at, timestamptz '-infinity') LIMIT $1
          FOR NO KEY UPDATE SKIP LOCKED
        ), lost AS (
          SELECT theirs.id FROM gone, LATERAL (
            SELECT id FROM account
            WHERE connected AND account.owner = gone.owner AND coalesce(swept_at, timestamptz '-infinity') <= greatest(now() - $2, gone.died_at)
            ORDER BY coalesce(swept_at, timestamptz '-infinity') LIMIT $1 - (SELECT count(*) FROM free)
            FOR NO KEY UPDATE SKIP LOCKED
          ) AS theirs
          LIMIT $1 - (SELECT count(*) FROM free)
        ), late AS (
          SELECT id FROM account
          WHERE connected AND next_sync_at <= now() - $3 AND run_started_at IS NULL AND coalesce(swept_at, timestamptz '-infinity') <= now() - $2
          ORDER BY next_sync_at LIMIT $1 - (SELECT count(*) FROM free) - (SELECT count(*) FROM lost)
          FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE account SET swept_at = now()
        WHERE id = ANY (ARRAY (SELECT id FROM free UNION ALL SELECT id FROM lost UNION ALL SELECT id FROM late)) RETURNING id
        """;

    // fence() has written the owner on the session, of which PostgreSQL keeps 63 characters. Of our own role only: nobody may end another's sessions. What was locked is free for the next look.
    private const string EndZombies = """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = current_user AND application_name LIKE 'postmill %@%'
          AND NOT EXISTS (SELECT 1 FROM silo WHERE left('postmill ' || owner, 63) = application_name AND status <> 'dead')
        """;

    public async Task<IReadOnlyList<Guid>> TakeAsync(int most, TimeSpan pause, TimeSpan slack, CancellationToken cancellationToken)
    {
        await using var take = database.CreateBatch();
        take.BatchCommands.Add(Sql.NeedNotWait()); // a mark that is lost is made again
        take.BatchCommands.Add(new NpgsqlBatchCommand(EndZombies));
        take.BatchCommands.Add(Sql.Batch(Take, most, pause, slack));
        await using var row = await take.ExecuteReaderAsync(cancellationToken);
        await row.NextResultAsync(cancellationToken);
        await row.NextResultAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await row.ReadAsync(cancellationToken)) ids.Add(row.GetGuid(0));
        return ids;
    }
}
