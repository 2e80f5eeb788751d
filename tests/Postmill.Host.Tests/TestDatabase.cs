using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Postmill.Adapters.Postgres;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests;

/// <summary>Databases with today's schema, copied from one that is migrated once per test process.</summary>
public static class TestDatabase
{
    private static readonly Lazy<Task<string>> Template = new(MigrateAsync);

    public static async Task<string> CreateAsync()
    {
        var template = await Template.Value;
        return await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(template);
    }

    private static async Task<string> MigrateAsync()
    {
        var connectionString = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var database = NpgsqlDataSource.Create(unpooled);
        await new PostgresMigrator(database, PostgresMigratorScript.Embedded(), NullLogger.Instance).MigrateAsync(CancellationToken.None);
        return unpooled.Database!;
    }
}
