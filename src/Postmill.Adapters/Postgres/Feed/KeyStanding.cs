using Npgsql;
using NpgsqlTypes;

namespace Postmill.Adapters.Postgres.Feed;

/// <summary>Whether the API keys behind open sockets still hold.</summary>
public sealed class KeyStanding(NpgsqlDataSource database)
{
    private const string Void = """
        SELECT used.id FROM unnest($1) AS used (id)
        WHERE NOT EXISTS (
          SELECT 1 FROM api_key WHERE api_key.id = used.id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2))
        """;

    /// <summary>Those of the keys that are revoked, expired or gone.</summary>
    public async Task<IReadOnlyList<Guid>> VoidAsync(Guid[] keyIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Void);
        command.Parameters.Add(new() { Value = keyIds });
        command.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<Guid>();
        while (await rows.ReadAsync(cancellationToken)) found.Add(rows.GetGuid(0));
        return found;
    }
}
