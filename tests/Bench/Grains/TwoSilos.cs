using Granary.Cluster;
using Npgsql;
using Postmill.Testing.Servers;

namespace Postmill.Bench.Grains;

/// <summary>Two silos of one cluster, in one process and with a port each, so that a call between them passes HTTP/2 on loopback.</summary>
internal sealed class TwoSilos : IAsyncDisposable
{
    private readonly PostgresServer _postgres;
    private readonly NpgsqlDataSource _database;
    private BenchSilo _near = null!, _far = null!;

    private TwoSilos(PostgresServer postgres, NpgsqlDataSource database) => (_postgres, _database) = (postgres, database);

    public static async Task<TwoSilos> StartAsync()
    {
        var postgres = await PostgresServer.StartAsync(new PostgresOptions());
        var silos = new TwoSilos(postgres, NpgsqlDataSource.Create(await postgres.CreateDatabaseAsync()));
        foreach (var script in GranarySchema.Scripts)
        {
            await using var run = silos._database.CreateCommand(script.Sql);
            await run.ExecuteNonQueryAsync();
        }

        silos._near = await BenchSilo.StartAsync("near", silos._database);
        silos._far = await BenchSilo.StartAsync("far", silos._database);
        await Until.TrueAsync("both silos see each other", () => Task.FromResult(silos._near.Sees == 2 && silos._far.Sees == 2), TimeSpan.FromSeconds(30));
        return silos;
    }

    /// <summary>Grains as the near silo calls them, all active: so many that run there, and so many that run on the other one.</summary>
    public async Task<(IEcho[] Near, IEcho[] Far)> GrainsAsync(int each)
    {
        List<IEcho> near = [], far = [];
        for (var n = 0; near.Count < each || far.Count < each; n++)
        {
            var grain = _near.Grains.GetGrain<IEcho>($"echo {n}");
            (await grain.Where() == "near" ? near : far).Add(grain);
        }

        return ([.. near.Take(each)], [.. far.Take(each)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _near.DisposeAsync();
        await _far.DisposeAsync();
        await _database.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}
