using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postmill.Grains;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>Removes exports that are over, in small transactions, and with them the bytes of deleted mail that only they kept. A round that fails is made up for by the next one.</summary>
internal sealed partial class ExportPruner(NpgsqlDataSource database, ExportOptions options, TimeProvider time, ILogger<ExportPruner> logger) : BackgroundService, ISweeper
{
    private const string Oldest = "SELECT id FROM export WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED";

    private static readonly string Some = $"SELECT start, message_id FROM export_entry WHERE export_id = $1 ORDER BY start LIMIT {ExportLimits.PrunedTogether}";

    // Against whoever deletes these mails now, and against a pruning of another export that names them: one of the two sees that nobody else keeps the bytes.
    private const string Lock = "SELECT 1 FROM message WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE";

    private const string Unkeep = """
        DELETE FROM message_raw r USING message m
        WHERE r.message_id = m.id AND m.id = ANY ($1) AND m.deleted_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM export_entry e WHERE e.message_id = m.id)
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(options.PruneMinutes), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await PruneSomeAsync(stoppingToken)) continue;
            }
            catch (NpgsqlException fault)
            {
                LogFailed(fault);
            }
        }
    }

    /// <summary>False: there is nothing to prune.</summary>
    internal async Task<bool> PruneSomeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await OldestAsync(connection, cancellationToken) is not { } export) return false;
        var (last, mails) = await SomeAsync(connection, export, cancellationToken);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Sql.Batch(Lock, mails));
        batch.BatchCommands.Add(Sql.Batch("DELETE FROM export_entry WHERE export_id = $1 AND start <= $2", export, last));
        batch.BatchCommands.Add(Sql.Batch(Unkeep, mails));
        if (mails.Length < ExportLimits.PrunedTogether) batch.BatchCommands.Add(Sql.Batch("DELETE FROM export WHERE id = $1", export));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<Guid?> OldestAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Sql.Batch(Oldest, time.GetUtcNow()));
        return await batch.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    private static async Task<(long Last, Guid[] Mails)> SomeAsync(NpgsqlConnection connection, Guid export, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Sql.Batch(Some, export));
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        var (last, mails) = (-1L, new List<Guid>());
        while (await row.ReadAsync(cancellationToken))
        {
            last = row.GetInt64(0);
            mails.Add(row.GetGuid(1));
        }

        return (last, [.. mails]);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Exports that are over could not be pruned; the next round tries again")]
    private partial void LogFailed(Exception fault);
}
