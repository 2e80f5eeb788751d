using Npgsql;

namespace Postmill.Host.Start;

/// <summary>Whose leases run in this database, whatever cluster they say they are of. Several programs on one database see each other here even when they cannot call each other.</summary>
internal sealed class StorageNeighbours(NpgsqlDataSource database)
{
    // Dead rows are not looked at, so the living part of the table is all that is read.
    private const string Living = """
        SELECT incarnation, cluster, name, address, status = 'active', expires_at FROM silo
        WHERE status <> 'dead' AND expires_at > now() AND incarnation <> $1 ORDER BY cluster, address LIMIT 1000
        """;

    public async Task<IReadOnlyList<(StorageNeighbour Silo, bool Active, DateTimeOffset Expires)>> LivingAsync(Guid except, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Living);
        command.Parameters.Add(new() { Value = except });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<(StorageNeighbour, bool, DateTimeOffset)>();
        while (await row.ReadAsync(cancellationToken))
            found.Add((new StorageNeighbour(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3)), row.GetBoolean(4), row.GetFieldValue<DateTimeOffset>(5)));
        return found;
    }
}
