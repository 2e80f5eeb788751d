using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;

namespace Granary.Cluster;

internal sealed class PostgresSiloTable(NpgsqlDataSource database, IOptions<ClusterOptions> cluster, IOptions<LeaseOptions> lease) : ISiloTable
{
    // One registration at a time per address: two processes that start at once with one address must see each other.
    private const string LockAddress = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";

    private const string Supersede =
        """
        UPDATE silo SET status = 'dead'
        WHERE cluster = $1 AND address = $2 AND status <> 'dead' AND incarnation <> $4 AND ($3::uuid IS NULL OR incarnation = $3 OR expires_at <= now())
        """;

    private const string Insert =
        """
        INSERT INTO silo (incarnation, cluster, address, name, version, role, status, expires_at)
        SELECT $1, $2, $3, $4, $5, $6, 'active', now() + $7
        WHERE NOT EXISTS (SELECT 1 FROM silo WHERE cluster = $2 AND address = $3 AND status <> 'dead' AND incarnation <> $1)
        ON CONFLICT (incarnation) DO UPDATE SET expires_at = excluded.expires_at
        """;

    private const string Forget = "DELETE FROM silo WHERE cluster = $1 AND expires_at < now() - $2";

    private const string Renew =
        "UPDATE silo SET expires_at = now() + $2 WHERE incarnation = $1 AND status <> 'dead' AND expires_at > now()";

    private const string Living =
        """
        SELECT incarnation, address, name, version, role, expires_at - now() FROM silo
        WHERE cluster = $1 AND status = 'active' AND expires_at > now() ORDER BY address
        """;

    public TimeSpan? FirstEnd { get; private set; }

    public async Task<bool> RegisterAsync(SiloMember silo, Guid? previous, CancellationToken token)
    {
        var clusterId = cluster.Value.ClusterId;
        await using var connection = await database.OpenConnectionAsync(token).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(token).ConfigureAwait(false);
        await using (var locking = new NpgsqlCommand(LockAddress, connection) { Parameters = { Value($"{clusterId}/{silo.Address}") } })
            await locking.ExecuteNonQueryAsync(token).ConfigureAwait(false);

        // now() would be the transaction's beginning, from before the wait for the lock; it is close enough, and on the safe side for our own lease.
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, Forget, Value(clusterId), Value(lease.Value.KeepDead));
        Add(batch, Supersede, Value(clusterId), Value(silo.Address), new NpgsqlParameter { Value = (object?)previous ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid }, Value(silo.Incarnation));
        Add(batch, Insert, Value(silo.Incarnation), Value(clusterId), Value(silo.Address), Value(silo.Name), Value(silo.Version), Value(silo.Role), Value(lease.Value.Duration));
        await batch.ExecuteNonQueryAsync(token).ConfigureAwait(false);
        await transaction.CommitAsync(token).ConfigureAwait(false);
        return batch.BatchCommands[^1].RecordsAffected == 1;
    }

    public async Task<IReadOnlyList<SiloMember>?> RenewAsync(Guid incarnation, CancellationToken token)
    {
        await using var renew = database.CreateCommand(Renew);
        renew.Parameters.Add(Value(incarnation));
        renew.Parameters.Add(Value(lease.Value.Duration));
        if (await renew.ExecuteNonQueryAsync(token).ConfigureAwait(false) == 0) return null;
        await using var living = database.CreateCommand(Living);
        living.Parameters.Add(Value(cluster.Value.ClusterId));
        var silos = new List<SiloMember>();
        TimeSpan? firstEnd = null;
        await using var rows = await living.ExecuteReaderAsync(token).ConfigureAwait(false);
        while (await rows.ReadAsync(token).ConfigureAwait(false))
        {
            silos.Add(new SiloMember(rows.GetGuid(0), rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetString(4)));
            if (silos[^1].Incarnation != incarnation && rows.GetTimeSpan(5) is var end && !(firstEnd < end)) firstEnd = end;
        }

        FirstEnd = firstEnd;
        return silos;
    }

    public Task MarkDrainingAsync(Guid incarnation, CancellationToken token) => SetStatusAsync(incarnation, "draining", token);

    public Task ReleaseAsync(Guid incarnation, CancellationToken token) => SetStatusAsync(incarnation, "dead", token);

    private static NpgsqlParameter<T> Value<T>(T value) => new() { TypedValue = value };

    private static void Add(NpgsqlBatch batch, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        batch.BatchCommands.Add(command);
    }

    private async Task SetStatusAsync(Guid incarnation, string status, CancellationToken token)
    {
        await using var command = database.CreateCommand("UPDATE silo SET status = $2 WHERE incarnation = $1 AND status <> 'dead'");
        command.Parameters.Add(Value(incarnation));
        command.Parameters.Add(Value(status));
        await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
    }
}
