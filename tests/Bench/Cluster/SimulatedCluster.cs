using Npgsql;
using Postmill.Testing.Servers;

namespace Postmill.Bench.Cluster;

/// <summary>Simulated silos in processes of their own, and a PostgreSQL that waits for its disk.</summary>
internal sealed class SimulatedCluster : IAsyncDisposable
{
    /// <summary>Of each silo to PostgreSQL, at the most: Npgsql's own default.</summary>
    public const int Connections = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly PostgresServer _postgres;

    private SimulatedCluster(PostgresServer postgres, NpgsqlDataSource database, IReadOnlyList<SiloProcess> silos) =>
        (_postgres, Database, Silos) = (postgres, database, silos);

    public NpgsqlDataSource Database { get; }

    public IReadOnlyList<SiloProcess> Silos { get; }

    public static async Task<SimulatedCluster> StartAsync(int silos)
    {
        var postgres = await PostgresServer.StartAsync(new PostgresOptions(Durable: true) { MaxConnections = (silos * Connections) + 20 });
        var connectionString = await postgres.CreateDatabaseAsync();
        var started = new List<SiloProcess>();
        for (var n = 1; n <= silos; n++) started.Add(await SiloProcess.StartAsync(n, connectionString));
        var cluster = new SimulatedCluster(postgres, NpgsqlDataSource.Create(connectionString), started);
        await Until.TrueAsync("every silo has joined", async () => await cluster.CountAsync("silo WHERE status = 'active'") == silos, Patience);
        await Until.PassedAsync(TimeSpan.FromSeconds(3)); // and each sees the others: they tell one another, or look every few seconds
        return cluster;
    }

    public async Task AddAccountsAsync(AccountRows rows)
    {
        await rows.InsertAsync(Database, await Silos[0].SealAsync());
        await using var analyze = Database.CreateCommand("ANALYZE");
        await analyze.ExecuteNonQueryAsync();
    }

    public Task UntilOwnedAsync() => Until.TrueAsync("every account has an owner", async () => await CountAsync("account WHERE owner IS NULL") == 0, Patience);

    /// <summary>Owned, synced, and nothing due in the next seconds.</summary>
    public async Task UntilIdleAsync()
    {
        await Until.TrueAsync("every account is owned and has been synced by its owner",
            async () => await CountAsync("account WHERE owner IS NULL OR run_started_at IS NOT NULL OR last_success_at <= connected_at") == 0, Patience);
        await Until.PassedAsync(TimeSpan.FromSeconds(2)); // the workers go back to IDLE
    }

    public async Task<long> CountAsync(string what)
    {
        await using var count = Database.CreateCommand($"SELECT count(*) FROM {what}");
        return (long)(await count.ExecuteScalarAsync())!;
    }

    /// <summary>Processor time of PostgreSQL with all its sessions, transactions and log bytes since its start.</summary>
    public async Task<PostgresReport> PostgresAsync()
    {
        await using var select = Database.CreateCommand("SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()), (SELECT wal_bytes::bigint FROM pg_stat_wal)");
        await using var row = await select.ExecuteReaderAsync();
        await row.ReadAsync();
        return new PostgresReport(ProcessTree.ProcessorSeconds(_postgres.Id), row.GetInt64(0), row.GetInt64(1));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in Silos) await silo.DisposeAsync();
        await Database.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}

/// <param name="ProcessorSeconds">Of the server and its sessions.</param>
/// <param name="Commits">Transactions.</param>
/// <param name="LogBytes">Written ahead.</param>
internal sealed record PostgresReport(double ProcessorSeconds, long Commits, long LogBytes);
