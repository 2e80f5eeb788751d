using System.Net;
using Npgsql;
using Orleans.Runtime;

namespace Postmill.Adapters.Postgres.Cluster;

/// <summary>Orleans' membership table as the silos beside each other must know it; who lives is for Orleans to say, this only adds where Orleans cannot look.</summary>
internal sealed class SiloRows(NpgsqlDataSource database)
{
    private const string Living = """
        SELECT cluster, name, host, address, port, generation, status, seen_at, greatest(now() - seen_at, interval '0') FROM silo
        WHERE status <> 'dead' ORDER BY cluster, address, port LIMIT 1000
        """;

    // As Orleans does it: every change of the membership is a new version. One that was seen since is not what it was taken for.
    private const string Bury = """
        WITH buried AS (
          UPDATE orleansmembershiptable SET status = 6, diedat = now()
          WHERE deploymentid = $1 AND address = $2 AND port = $3 AND generation = $4 AND status <> 6 AND iamalivetime = $5
          RETURNING deploymentid
        ), changed AS (
          UPDATE orleansmembershipversiontable v SET version = version + 1, timestamp = now() FROM buried b WHERE v.deploymentid = b.deploymentid
        )
        SELECT count(*)::int FROM buried
        """;

    private const string Sign = "UPDATE orleansmembershiptable SET iamalivetime = now() WHERE deploymentid = $1 AND address = $2 AND port = $3 AND generation = $4 AND status <> 6";

    /// <summary>All that are not dead, of every cluster in this database; at most 1,000.</summary>
    public async Task<IReadOnlyList<SiloRow>> LivingAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Living);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<SiloRow>();
        while (await row.ReadAsync(cancellationToken))
        {
            var address = SiloAddress.New(IPAddress.Parse(row.GetString(3)), row.GetInt32(4), row.GetInt32(5));
            found.Add(new SiloRow(row.GetString(0), row.GetString(1), row.GetString(2), address, row.GetString(6), row.GetFieldValue<DateTimeOffset>(7), row.GetTimeSpan(8)));
        }
        return found;
    }

    /// <summary>Where fronts reach the active silos of a cluster; at most 1,000.</summary>
    public async Task<IReadOnlyList<IPEndPoint>> GatewaysAsync(string cluster, CancellationToken cancellationToken)
    {
        await using var command = database.Command("SELECT address, gateway_port FROM silo WHERE cluster = $1 AND status = 'active' AND gateway_port > 0 LIMIT 1000", cluster);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<IPEndPoint>();
        while (await row.ReadAsync(cancellationToken)) found.Add(new IPEndPoint(IPAddress.Parse(row.GetString(0)), row.GetInt32(1)));
        return found;
    }

    /// <summary>Declares a silo dead that nobody is there to probe. False: it was seen since, or is dead already.</summary>
    public async Task<bool> BuryAsync(SiloRow silo, CancellationToken cancellationToken)
    {
        var endpoint = silo.Address.Endpoint;
        await using var command = database.Command(Bury, silo.Cluster, endpoint.Address.ToString(), endpoint.Port, silo.Address.Generation, silo.SeenAt);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))! > 0;
    }

    /// <summary>A sign of life of this silo, as Orleans writes them.</summary>
    public async Task SignAsync(string cluster, SiloAddress silo, CancellationToken cancellationToken)
    {
        await using var command = database.Command(Sign, cluster, silo.Endpoint.Address.ToString(), silo.Endpoint.Port, silo.Generation);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The same for every process that works on this database, and another one for every other database, also for a copy of it.</summary>
    public async Task<string> DatabaseAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT system_identifier || '/' || oid FROM pg_control_system(), pg_database WHERE datname = current_database()");
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

/// <param name="Host">The machine it says it runs on.</param>
/// <param name="SeenAt">When it last wrote that it lives, by the database's clock.</param>
/// <param name="Silence">Since then.</param>
internal sealed record SiloRow(string Cluster, string Name, string Host, SiloAddress Address, string Status, DateTimeOffset SeenAt, TimeSpan Silence)
{
    public bool IsLeaving => Status == SiloLife.Draining;

    public override string ToString() => $"{Name} at {Address.Endpoint}";
}
