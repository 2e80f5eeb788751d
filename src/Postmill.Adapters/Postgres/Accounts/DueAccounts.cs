using Npgsql;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Postgres.Accounts;

internal sealed class DueAccounts(NpgsqlDataSource database) : IDueAccounts
{
    public async Task<IReadOnlyList<Guid>> TakeAsync(int most, TimeSpan pause, CancellationToken cancellationToken)
    {
        // An owned account whose run is going is not due, however long the run takes. Orphans come by the owner index: null or a silo that is dead.
        await using var take = database.Command("""
            WITH living AS (SELECT incarnation FROM silo WHERE status <> 'dead' AND expires_at > now()),
            picked AS (
              SELECT id FROM account
              WHERE connected AND (swept_at IS NULL OR swept_at <= now() - $2)
                AND (owner IS NULL OR owner NOT IN (SELECT incarnation FROM living) OR (next_sync_at <= now() AND run_started_at IS NULL))
              ORDER BY next_sync_at NULLS LAST
              LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE account SET swept_at = now() FROM picked WHERE account.id = picked.id RETURNING account.id
            """, most, pause);
        await using var row = await take.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await row.ReadAsync(cancellationToken)) ids.Add(row.GetGuid(0));
        return ids;
    }
}
