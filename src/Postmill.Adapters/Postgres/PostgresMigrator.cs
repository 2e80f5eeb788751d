using Microsoft.Extensions.Logging;
using Npgsql;

namespace Postmill.Adapters.Postgres;

/// <summary>
/// Brings the schema to this binary's version at start: forward only, each script in a transaction of its own together with its row in
/// <c>schema_migration</c>, all under one advisory lock, so silos that start together do it once.
/// </summary>
internal sealed partial class PostgresMigrator
{
    // "postmill" in ASCII, as a bigint.
    private const long LockKey = 0x706f73746d696c6c;

    private readonly NpgsqlDataSource _database;
    private readonly ILogger _logger;
    private readonly PostgresMigratorScript[] _scripts;

    /// <param name="scripts">The product's (<see cref="PostgresMigratorScript.Embedded"/>) and the engine's; applied in the order of their numbers.</param>
    public PostgresMigrator(NpgsqlDataSource database, IEnumerable<PostgresMigratorScript> scripts, ILogger logger)
    {
        _database = database;
        _logger = logger;
        _scripts = [.. scripts.OrderBy(s => s.Version)];
        if (_scripts.CountBy(s => s.Version).FirstOrDefault(c => c.Value > 1) is { Value: > 1 } doubled)
            throw new PostgresSchemaException($"two scripts have the number {doubled.Key}: {string.Join(", ", _scripts.Where(s => s.Version == doubled.Key))}");
    }

    /// <summary>Returns how many scripts it applied. Throws <see cref="PostgresSchemaException"/> and leaves the last sound version when it cannot go on.</summary>
    public async Task<int> MigrateAsync(CancellationToken ct)
    {
        await using var connection = await _database.OpenConnectionAsync(ct);
        await CheckServerAsync(connection, ct);
        await LockAsync(connection, ct);
        try
        {
            await CreateTableAsync(connection, ct);
            var applied = await ReadAppliedAsync(connection, ct);
            Check(applied);
            var missing = _scripts.Where(s => !applied.ContainsKey(s.Version)).ToArray();
            foreach (var script in missing) await ApplyAsync(connection, script, ct);
            LogReady(missing.Length, _scripts.LastOrDefault(s => !s.IsEngine)?.Version ?? 0);
            return missing.Length;
        }
        finally
        {
            await UnlockAsync(connection);
        }
    }

    private void Check(Dictionary<int, (string Name, string Checksum)> applied)
    {
        var known = _scripts.ToDictionary(s => s.Version);
        foreach (var (version, (name, checksum)) in applied.OrderBy(a => a.Key))
        {
            if (!known.TryGetValue(version, out var script))
            {
                if (version >= PostgresMigratorScript.FirstEngineVersion) continue;
                throw new PostgresSchemaException($"the database has migration {version:D4}_{name}, which this binary does not know: a newer Postmill wrote it. "
                    + "Start that version or a later one, or restore a backup from before.");
            }
            if (script.Checksum != checksum)
                throw new PostgresSchemaException($"migration {script} was applied to this database with another text (checksum {checksum[..12]}… there, {script.Checksum[..12]}… here). "
                    + "Applied migrations are never edited: use a binary built from the released sources.");
        }
    }

    private async Task ApplyAsync(NpgsqlConnection connection, PostgresMigratorScript script, CancellationToken ct)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await using (var run = new NpgsqlCommand(script.Sql, connection, transaction) { CommandTimeout = (int)PostgresMigratorLimits.ScriptTime.TotalSeconds })
                await run.ExecuteNonQueryAsync(ct);
            await using (var record = new NpgsqlCommand("INSERT INTO schema_migration (version, name, checksum) VALUES ($1, $2, $3)", connection, transaction))
            {
                record.Parameters.AddWithValue(script.Version);
                record.Parameters.AddWithValue(script.Name);
                record.Parameters.AddWithValue(script.Checksum);
                await record.ExecuteNonQueryAsync(ct);
            }
            await transaction.CommitAsync(ct);
            LogApplied(script.Version, script.Name);
        }
        catch (PostgresException e)
        {
            throw new PostgresSchemaException($"migration {script} failed and was rolled back: {e.SqlState} {e.MessageText}", e);
        }
    }
}
