using Npgsql;
using Postmill.Domain.Access;

namespace Postmill.Adapters.Postgres.Access;

/// <summary>Table <c>session</c>. Knows hashes of tokens only.</summary>
internal sealed class SessionRows(NpgsqlDataSource database)
{
    private static readonly string TrimOfUser = $"""
        DELETE FROM session WHERE token_hash IN (
          SELECT token_hash FROM session WHERE user_id = $1 ORDER BY created_at DESC, token_hash OFFSET {AccessLimits.MaxSessionsPerUser})
        """;

    private static readonly string TrimExpired = $"""
        DELETE FROM session WHERE token_hash IN (
          SELECT token_hash FROM session WHERE expires_at <= $1 LIMIT {AccessLimits.ExpiredSessionsPerSignIn} FOR UPDATE SKIP LOCKED)
        """;

    public async Task InsertAsync(byte[] tokenHash, Guid userId, DateTimeOffset createdAt, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO session (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4)")
        {
            Parameters = { new() { Value = tokenHash }, new() { Value = userId }, new() { Value = createdAt }, new() { Value = expiresAt } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(TrimOfUser) { Parameters = { new() { Value = userId } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(TrimExpired) { Parameters = { new() { Value = createdAt } } });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<SessionRow?> FindAsync(byte[] tokenHash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var find = Sql.Batch("SELECT u.id, u.email, u.role, s.expires_at FROM session s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1 AND s.expires_at > $2", tokenHash, now);
        return await database.PreparedAsync([find], async row => await row.ReadAsync(cancellationToken)
            ? new SessionRow(row.GetGuid(0), row.GetString(1), RoleNames.Parse(row.GetString(2)), row.GetFieldValue<DateTimeOffset>(3))
            : null, cancellationToken);
    }

    public async Task RenewAsync(byte[] tokenHash, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE session SET expires_at = greatest(expires_at, $2) WHERE token_hash = $1");
        command.Parameters.Add(new() { Value = tokenHash });
        command.Parameters.Add(new() { Value = expiresAt });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task DeleteAsync(byte[] tokenHash, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM session WHERE token_hash = $1");
        command.Parameters.Add(new() { Value = tokenHash });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
