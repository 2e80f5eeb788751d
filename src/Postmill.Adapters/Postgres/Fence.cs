using Npgsql;
using Postmill.Domain.Accounts;
using Postmill.Grains.Accounts;

namespace Postmill.Adapters.Postgres;

/// <summary>The first statement of every write for an account (DESIGN §4), and the name of its refusal.</summary>
internal static class Fence
{
    private const string OwnershipLost = "PM001"; // raised by the function fence()

    public static NpgsqlBatchCommand Command(Claim claim) => new("SELECT fence($1, $2, $3)")
    {
        Parameters = { new() { Value = claim.AccountId }, new() { Value = claim.Owner }, new() { Value = claim.Epoch } },
    };

    /// <summary>Runs fence and commands as one transaction in one round trip.</summary>
    /// <exception cref="OwnershipLostException">The claim is stale; nothing was written.</exception>
    public static async Task ExecuteAsync(NpgsqlDataSource database, Claim claim, CancellationToken cancellationToken, params NpgsqlBatchCommand[] commands)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Command(claim));
        foreach (var command in commands) batch.BatchCommands.Add(command);
        await GuardAsync(claim, () => batch.ExecuteNonQueryAsync(cancellationToken));
    }

    /// <summary>The first column of the last command's first row.</summary>
    /// <inheritdoc cref="ExecuteAsync"/>
    public static Task<T> ScalarAsync<T>(NpgsqlDataSource database, Claim claim, NpgsqlBatchCommand command, CancellationToken cancellationToken) =>
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

    /// <summary>Turns the fence's refusal into <see cref="OwnershipLostException"/>.</summary>
    public static async Task<T> GuardAsync<T>(Claim claim, Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (PostgresException refused) when (refused.SqlState == OwnershipLost)
        {
            throw new OwnershipLostException(claim);
        }
    }
}
