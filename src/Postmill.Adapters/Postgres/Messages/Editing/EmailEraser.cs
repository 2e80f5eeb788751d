using Npgsql;

namespace Postmill.Adapters.Postgres.Messages.Editing;

/// <summary>Deletes many records in short transactions, beside a running sync.</summary>
public sealed class EmailEraser(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Answers how many are gone: fewer than asked for when the time is up, or when some were being written by somebody else.</summary>
    public async Task<int> EraseAsync(Guid accountId, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var erased = 0;
        foreach (var some in ids.Chunk(EditingLimits.DeletedTogether))
        {
            if (time.GetElapsedTime(began) > EditingLimits.DeleteTime) break;
            erased += await EraseTogetherAsync(accountId, some, cancellationToken);
        }

        return erased;
    }

    private async Task<int> EraseTogetherAsync(Guid accountId, Guid[] ids, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        foreach (var command in Erasing.Commands(ids, accountId, time.GetUtcNow())) batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return (int)batch.BatchCommands[0].RecordsAffected;
    }
}
