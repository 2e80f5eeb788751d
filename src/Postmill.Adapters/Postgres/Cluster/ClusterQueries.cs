using System.Data;
using Npgsql;

namespace Postmill.Adapters.Postgres.Cluster;

/// <summary>
/// The operator's view. Silos and accounts are of one snapshot. Accounts are read in one aggregate pass over the table, joined with the few rows of silos: no index
/// holds what all the counts need.
/// </summary>
internal sealed class ClusterQueries(NpgsqlDataSource database)
{
    private const string Silos = """
        WITH known AS (
          SELECT s.owner AS id, s.cluster, s.name, coalesce(n.address, s.address || ':' || s.port) AS address, coalesce(n.role, 'all') AS role, coalesce(n.version, '') AS version,
            CASE WHEN s.status IN ('joining', 'active') AND s.seen_at < now() - $4 THEN 'silent' WHEN s.status = 'active' AND n.draining_at IS NOT NULL THEN 'draining' ELSE s.status END AS status,
            s.started_at, s.seen_at, coalesce(s.died_at, s.seen_at) AS ended_at
          FROM silo s LEFT JOIN node n ON n.id = s.owner
          UNION ALL
          SELECT id, cluster, name, address, role, version, CASE WHEN ended_at IS NOT NULL THEN 'dead' WHEN seen_at < now() - $4 THEN 'silent' WHEN draining_at IS NOT NULL THEN 'draining' ELSE 'active' END,
            started_at, seen_at, coalesce(ended_at, seen_at)
          FROM node WHERE role = 'front'
        ), judged AS (
          SELECT *, status IN ('joining', 'active', 'draining') AS living FROM known
        )
        SELECT id, cluster, name, address, role, version, status, started_at, seen_at, greatest(now() - seen_at, interval '0') FROM judged
        WHERE living OR (cluster = $1 AND ended_at > now() - $2)
        ORDER BY living DESC, CASE WHEN living THEN address END, ended_at DESC
        LIMIT $3
        """;

    // One row for each living owner and one for everybody else.
    private const string Accounts = """
        WITH known AS (
          SELECT owner, bool_or(status <> 'dead') AS living, max(died_at) AS died_at, max(started_at) AS started_at FROM silo GROUP BY owner
        ), change AS (
          SELECT coalesce(max(greatest(started_at, died_at)), '-infinity') AS at FROM known
        ), seen AS (
          SELECT a.next_sync_at, a.run_started_at, a.last_error, a.last_success_at, CASE WHEN k.living THEN a.owner END AS holder,
            CASE WHEN k.living THEN NULL ELSE greatest(a.connected_at, coalesce(k.died_at, change.at)) END AS orphaned_at
          FROM account a CROSS JOIN change LEFT JOIN known k ON k.owner = a.owner
          WHERE a.connected
        ), judged AS (
          SELECT *, run_started_at IS NOT NULL AND holder IS NOT NULL AS running,
            CASE WHEN run_started_at IS NULL THEN next_sync_at WHEN holder IS NULL THEN greatest(next_sync_at, orphaned_at) END AS ready_at
          FROM seen
        )
        SELECT holder, count(*), coalesce(greatest(now() - min(orphaned_at), interval '0'), interval '0'), count(*) FILTER (WHERE ready_at <= now()),
          coalesce(greatest(now() - min(ready_at), interval '0'), interval '0'), count(*) FILTER (WHERE running),
          count(*) FILTER (WHERE next_sync_at IS NULL AND NOT running),
          count(*) FILTER (WHERE NOT running AND last_error IS NULL AND last_success_at IS NULL),
          count(*) FILTER (WHERE NOT running AND last_error IS NULL AND last_success_at IS NOT NULL),
          count(*) FILTER (WHERE NOT running AND last_error IS NOT NULL)
        FROM judged GROUP BY holder
        """;

    public async Task<ClusterView> ReadAsync(string cluster, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var batch = new NpgsqlBatch(connection, snapshot)
        {
            BatchCommands =
            {
                Sql.Batch("SELECT now()"),
                Sql.Batch(Accounts),
                Sql.Batch(Silos, cluster, ClusterLimits.ShowGoneFor, ClusterLimits.MostSilos, ClusterLimits.Silence),
            },
        };
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        var at = row.GetFieldValue<DateTimeOffset>(0);
        await row.NextResultAsync(cancellationToken);
        var (totals, owned) = await ReadAccountsAsync(row, cancellationToken);
        await row.NextResultAsync(cancellationToken);
        var silos = new List<SiloView>();
        var others = new SortedDictionary<string, int>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellationToken))
        {
            var name = row.GetString(1);
            if (name == cluster) silos.Add(ReadSilo(row, owned));
            else others[name] = others.GetValueOrDefault(name) + 1;
        }
        return new ClusterView(at, silos, totals, [.. others.Select(o => new OtherCluster(o.Key, o.Value))]);
    }

    private static async Task<(AccountTotals Totals, Dictionary<string, long> Owned)> ReadAccountsAsync(NpgsqlDataReader row, CancellationToken cancellationToken)
    {
        var totals = new AccountTotals();
        var owned = new Dictionary<string, long>();
        while (await row.ReadAsync(cancellationToken))
        {
            var count = row.GetInt64(1);
            var isOwned = !row.IsDBNull(0);
            if (isOwned) owned[row.GetString(0)] = count;
            totals = new AccountTotals
            {
                Connected = totals.Connected + count,
                Owned = totals.Owned + (isOwned ? count : 0),
                OldestOrphan = isOwned ? totals.OldestOrphan : row.GetTimeSpan(2),
                Overdue = totals.Overdue + row.GetInt64(3),
                SweepLag = Longer(totals.SweepLag, row.GetTimeSpan(4)),
                Running = totals.Running + row.GetInt64(5),
                NeedPerson = totals.NeedPerson + row.GetInt64(6),
                Pending = totals.Pending + row.GetInt64(7),
                Synced = totals.Synced + row.GetInt64(8),
                Failed = totals.Failed + row.GetInt64(9),
            };
        }
        return (totals, owned);
    }

    private static SiloView ReadSilo(NpgsqlDataReader row, Dictionary<string, long> owned) => new(
        row.GetString(0), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6),
        row.GetFieldValue<DateTimeOffset>(7), row.GetFieldValue<DateTimeOffset>(8), row.GetTimeSpan(9), owned.GetValueOrDefault(row.GetString(0)));

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
