using Microsoft.Extensions.Logging;
using Npgsql;
using Postmill.Domain.Accounts;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Postgres;

/// <summary>The first statement of every write for an account (DESIGN §4), and the name of its refusal, which is counted and logged wherever it happens.</summary>
internal sealed partial class Fence(NpgsqlDataSource database, SyncMetrics metrics, ILogger<Fence> logger)
{
    private const string OwnershipLost = "PM001"; // raised by the function fence()

    public static NpgsqlBatchCommand Command(Claim claim) => new("SELECT fence($1, $2, $3)")
    {
        Parameters = { new() { Value = claim.AccountId }, new() { Value = claim.Owner }, new() { Value = claim.Epoch } },
    };

    /// <summary>Runs fence and commands as one transaction in one round trip.</summary>
    /// <exception cref="OwnershipLostException">The claim is stale; nothing was written.</exception>
    public async Task ExecuteAsync(Claim claim, Durability durability, CancellationToken cancellationToken, params NpgsqlBatchCommand[] commands)
    {
        await using var batch = Begin(durability);
        batch.BatchCommands.Add(Command(claim));
        foreach (var command in commands) batch.BatchCommands.Add(command);
        await GuardAsync(claim, () => batch.ExecuteNonQueryAsync(cancellationToken));
    }

    /// <summary>The first column of the command's first row.</summary>
    /// <inheritdoc cref="ExecuteAsync"/>
    public Task<T> ScalarAsync<T>(Claim claim, NpgsqlBatchCommand command, CancellationToken cancellationToken) =>
        GuardAsync(claim, async () =>
        {
            await using var batch = database.CreateBatch();
            batch.BatchCommands.Add(Command(claim));
            batch.BatchCommands.Add(command);
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            await reader.NextResultAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return await reader.GetFieldValueAsync<T>(0, cancellationToken);
        });

    /// <summary>
    /// One statement on the account's own row that names owner and epoch in its condition: check, lock and write in one. It returns one number, or no row when the claim is stale.
    /// </summary>
    /// <param name="others">Written in the same transaction; they stand behind the fence, because the own row's condition does not hold them back. They return no rows.</param>
    /// <inheritdoc cref="ExecuteAsync"/>
    public Task<long> OwnRowAsync(
        Claim claim, Durability durability, NpgsqlBatchCommand command, CancellationToken cancellationToken, IReadOnlyList<NpgsqlBatchCommand>? others = null) =>
        GuardAsync(claim, async () =>
        {
            await using var batch = Begin(durability);
            batch.BatchCommands.Add(others is { Count: > 0 } ? Command(claim) : Mark(claim));
            foreach (var other in others ?? []) batch.BatchCommands.Add(other);
            batch.BatchCommands.Add(command);
            await using var row = await batch.ExecuteReaderAsync(cancellationToken);
            for (var before = durability == Durability.Soon ? 2 : 1; before > 0; before--) await row.NextResultAsync(cancellationToken);
            return await row.ReadAsync(cancellationToken) ? row.GetInt64(0) : throw Refused(claim);
        });

    /// <summary>The rows of one command behind the fence.</summary>
    /// <inheritdoc cref="ExecuteAsync"/>
    public Task<List<T>> RowsAsync<T>(Claim claim, NpgsqlBatchCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) =>
        GuardAsync(claim, async () =>
        {
            await using var batch = Begin(Durability.OnDisk);
            batch.BatchCommands.Add(Command(claim));
            batch.BatchCommands.Add(command);
            await using var row = await batch.ExecuteReaderAsync(cancellationToken);
            await row.NextResultAsync(cancellationToken);
            var rows = new List<T>();
            while (await row.ReadAsync(cancellationToken)) rows.Add(read(row));
            return rows;
        });

    /// <summary>Turns the fence's refusal into <see cref="OwnershipLostException"/>.</summary>
    public async Task<T> GuardAsync<T>(Claim claim, Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (PostgresException refused) when (refused.SqlState == OwnershipLost)
        {
            throw Refused(claim);
        }
    }

    /// <summary>As fence() does it: a session that is cut off between the write and its commit is known by its owner, and ended by a sweep when that owner is dead.</summary>
    private static NpgsqlBatchCommand Mark(Claim claim) => Sql.Batch("SELECT set_config('application_name', 'postmill ' || $1, true)", claim.Owner);

    private NpgsqlBatch Begin(Durability durability)
    {
        var batch = database.CreateBatch();
        if (durability == Durability.Soon) batch.BatchCommands.Add(Sql.NeedNotWait());
        return batch;
    }

    private OwnershipLostException Refused(Claim claim)
    {
        metrics.WriteRefused();
        LogRefused(claim.AccountId, claim.Owner, claim.Epoch);
        return new OwnershipLostException(claim);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Write for account {AccountId} refused: owner {Owner} at epoch {Epoch} is over")]
    private partial void LogRefused(Guid accountId, string owner, long epoch);
}
