using Npgsql;

namespace Postmill.Adapters.Postgres;

internal sealed partial class PostgresMigrator
{
    private static async Task CheckServerAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        if (connection.PostgreSqlVersion.Major < PostgresMigratorLimits.OldestServerVersion)
            throw new PostgresSchemaException($"PostgreSQL {connection.PostgreSqlVersion} is too old: Postmill needs {PostgresMigratorLimits.OldestServerVersion} or later");
        await using var command = new NpgsqlCommand("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()", connection);
        if (await command.ExecuteScalarAsync(ct) is string encoding and not "UTF8")
            throw new PostgresSchemaException($"the database {connection.Database} is encoded in {encoding}; Postmill needs UTF8 (CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0)");
    }

    // A session lock: each script commits on its own, and a silo that dies lets go of it with its connection.
    private async Task LockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using (var attempt = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection))
        {
            attempt.Parameters.AddWithValue(LockKey);
            if (await attempt.ExecuteScalarAsync(ct) is true) return;
        }
        LogWaiting();
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { CommandTimeout = (int)PostgresMigratorLimits.LockWait.TotalSeconds };
        command.Parameters.AddWithValue(LockKey);
        try
        {
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (NpgsqlException e) when (e.InnerException is TimeoutException)
        {
            throw new PostgresSchemaException($"another silo has been migrating this database for {PostgresMigratorLimits.LockWait.TotalMinutes} minutes", e);
        }
    }

    // Not cancellable: a pooled connection must not go back with the lock. A broken one has lost it already.
    private static async Task UnlockAsync(NpgsqlConnection connection)
    {
        if (connection.FullState.HasFlag(System.Data.ConnectionState.Broken) || connection.State == System.Data.ConnectionState.Closed) return;
        await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection);
        command.Parameters.AddWithValue(LockKey);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private static async Task CreateTableAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            CREATE TABLE IF NOT EXISTS schema_migration (
              version int PRIMARY KEY,
              name text NOT NULL,
              checksum text NOT NULL,
              applied_at timestamptz NOT NULL DEFAULT now()
            );
            ALTER TABLE schema_migration ADD COLUMN IF NOT EXISTS additive boolean NOT NULL DEFAULT false
            """, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    // Changes nothing. Through JSON, because the first releases had no such column.
    private static async Task<Dictionary<int, Applied>> ReadAppliedAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var applied = new Dictionary<int, Applied>();
        await using (var there = new NpgsqlCommand("SELECT to_regclass('schema_migration') IS NOT NULL", connection))
            if (await there.ExecuteScalarAsync(ct) is not true) return applied;
        await using var command = new NpgsqlCommand("SELECT version::int, name::text, checksum::text, coalesce((to_jsonb(m) ->> 'additive')::boolean, false) FROM schema_migration AS m", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) applied.Add(reader.GetInt32(0), new Applied(reader.GetString(1), reader.GetString(2), reader.GetBoolean(3)));
        return applied;
    }

    private sealed record Applied(string Name, string Checksum, bool Additive);
}
