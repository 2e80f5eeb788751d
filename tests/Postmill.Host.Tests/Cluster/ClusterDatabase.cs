using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Adapters.Postgres.Cluster;

namespace Postmill.Host.Tests.Cluster;

/// <summary>A database with the host's whole schema and no host.</summary>
internal sealed class ClusterDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;

    private ClusterDatabase(string connectionString)
    {
        ConnectionString = connectionString;
        Rows = new ClusterRows(connectionString);
        _database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false });
    }

    public string ConnectionString { get; }

    public ClusterRows Rows { get; }

    public static async Task<ClusterDatabase> CreateAsync()
    {
        var made = new ClusterDatabase(await TestDatabase.CreateAsync());
        var scripts = PostgresMigratorScript.Embedded();
        await new PostgresMigrator(made._database, scripts, NullLogger.Instance).MigrateAsync(CancellationToken.None);
        return made;
    }

    public Task<ClusterView> ReadAsync(string cluster = "postmill") => new ClusterQueries(_database).ReadAsync(cluster, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Rows.DisposeAsync();
        await _database.DisposeAsync();
    }
}
