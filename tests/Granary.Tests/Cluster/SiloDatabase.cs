using Granary.Cluster;
using Npgsql;
using Postmill.Testing.Servers;

namespace Granary.Tests.Cluster;

/// <summary>A database with the engine's tables.</summary>
internal static class SiloDatabase
{
    public static async Task<NpgsqlDataSource> NewAsync()
    {
        var server = await PostgresServer.SharedAsync();
        var database = NpgsqlDataSource.Create(await server.CreateDatabaseAsync());
        // Twice: a script may run again without harm.
        foreach (var script in GranarySchema.Scripts.Concat(GranarySchema.Scripts)) await ExecuteAsync(database, script.Sql);
        return database;
    }

    public static async Task<bool> IsAliveAsync(NpgsqlDataSource database, Guid incarnation)
    {
        await using var command = database.CreateCommand($"SELECT {GranarySchema.IsAlive("$1")}");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = incarnation });
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    public static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
