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

    // The table of silos of releases before 0018_owner, which takes it away.
    private const int FormerEngineVersion = 9001;

    private readonly NpgsqlDataSource _database;
    private readonly ILogger _logger;
    private readonly PostgresMigratorScript[] _scripts;

    /// <param name="scripts">As a rule <see cref="PostgresMigratorScript.Embedded"/>; applied in the order of their numbers.</param>
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
            var applied = await ReadAppliedAsync(connection, ct);
            Check(applied);
            await CreateTableAsync(connection, ct);
            var missing = _scripts.Where(s => !applied.ContainsKey(s.Version)).ToArray();
            foreach (var script in missing) await ApplyAsync(connection, script, ct);
            LogReady(missing.Length, _scripts.LastOrDefault()?.Version ?? 0);
            return missing.Length;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidTextRepresentation or PostgresErrorCodes.CannotCoerce)
        {
            throw new PostgresSchemaException($"the table schema_migration of this database is not as Postmill makes it ({e.MessageText}): the schema is another program's, or half of it is missing. "
                + "Use an empty database, or restore a backup.", e);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidSchemaName)
        {
            throw new PostgresSchemaException($"the schema can be neither read nor made: {e.SqlState} {e.MessageText}. The database user must own the schema's tables.", e);
        }
        finally
        {
            await UnlockAsync(connection);
        }
    }

    private void Check(Dictionary<int, Applied> applied)
    {
        var known = _scripts.ToDictionary(s => s.Version);
        foreach (var (version, there) in applied.OrderBy(a => a.Key))
        {
            if (!known.TryGetValue(version, out var script)) CheckUnknown(version, there);
            else if (script.Checksum != there.Checksum)
                throw new PostgresSchemaException($"migration {script} was applied to this database with another text (checksum {Start(there.Checksum)} there, {Start(script.Checksum)} here). "
                    + "Applied migrations are never edited: use a binary built from the released sources.");
        }
        var last = applied.Keys.Where(v => v != FormerEngineVersion).DefaultIfEmpty().Max();
        if (_scripts.FirstOrDefault(s => s.Version < last && !applied.ContainsKey(s.Version)) is { } hole)
            throw new PostgresSchemaException($"migration {hole} is missing in this database although {last:D4}_{applied[last].Name} is there: the schema is only half there. Restore a backup.");
    }

    private void CheckUnknown(int version, Applied there)
    {
        if (version == FormerEngineVersion) return;
        if (!there.Additive)
            throw new PostgresSchemaException($"the database has migration {version:D4}_{there.Name}, which this binary does not know: a newer Postmill wrote it. "
                + "Start that version or a later one, or restore a backup from before.");
        LogNewer(version, there.Name);
    }

    private static string Start(string checksum) => checksum.Length <= 12 ? checksum : $"{checksum[..12]}…";

    private async Task ApplyAsync(NpgsqlConnection connection, PostgresMigratorScript script, CancellationToken ct)
    {
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await using (var run = new NpgsqlCommand(script.Sql, connection, transaction) { CommandTimeout = (int)PostgresMigratorLimits.ScriptTime.TotalSeconds })
                await run.ExecuteNonQueryAsync(ct);
            await using (var record = new NpgsqlCommand("INSERT INTO schema_migration (version, name, checksum, additive) VALUES ($1, $2, $3, $4)", connection, transaction))
            {
                record.Parameters.AddWithValue(script.Version);
                record.Parameters.AddWithValue(script.Name);
                record.Parameters.AddWithValue(script.Checksum);
                record.Parameters.AddWithValue(script.IsAdditive);
                await record.ExecuteNonQueryAsync(ct);
            }
            await transaction.CommitAsync(ct);
            LogApplied(script.Version, script.Name);
        }
        catch (PostgresException e)
        {
            var hint = e.SqlState is PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateColumn or PostgresErrorCodes.DuplicateObject
                ? ". Tables are there that no row of schema_migration speaks of: they are another program's, or half a backup was restored" : "";
            throw new PostgresSchemaException($"migration {script} failed and was rolled back: {e.SqlState} {e.MessageText}{hint}", e);
        }
    }
}
