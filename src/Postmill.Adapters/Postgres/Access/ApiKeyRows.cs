using Npgsql;
using NpgsqlTypes;
using Postmill.Domain.Access;

namespace Postmill.Adapters.Postgres.Access;

/// <summary>Table <c>api_key</c>. Knows hashes of keys only.</summary>
internal sealed class ApiKeyRows(NpgsqlDataSource database)
{
    private const string Columns = "k.id, k.user_id, k.name, k.prefix, k.scopes, k.allowed_account_id, k.created_at, k.expires_at, k.last_used_at";
    private const string Living = "k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2)";

    private static readonly string Insert = $"""
        INSERT INTO api_key (id, user_id, name, prefix, key_hash, scopes, allowed_account_id, created_at, expires_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
        WHERE (SELECT count(*) FROM api_key WHERE user_id = $2 AND revoked_at IS NULL) < {AccessLimits.MaxKeysPerUser}
        """;

    public async Task<ApiKeyMatch?> FindAsync(byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"SELECT {Columns}, k.key_hash, u.role FROM api_key k JOIN users u ON u.id = k.user_id WHERE k.key_hash = $1 AND {Living}");
        command.Parameters.Add(new() { Value = hash });
        command.Parameters.Add(new() { Value = now });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new ApiKeyMatch(Read(reader), reader.GetFieldValue<byte[]>(9), RoleNames.Parse(reader.GetString(10)));
    }

    public async Task<bool> IsLivingAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT EXISTS (SELECT 1 FROM api_key k WHERE k.id = $1 AND {Living})");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = now });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Several nodes may see the old value at once; only the first of them writes.</summary>
    public async Task TouchAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE api_key SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = now });
        command.Parameters.Add(new() { Value = now - AccessLimits.LastUsedResolution });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Living and expired keys of a user, newest first; revoked ones are gone.</summary>
    public async Task<IReadOnlyList<ApiKeyRow>> ListAsync(Guid userId, int limit, int offset, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"SELECT {Columns} FROM api_key k WHERE k.user_id = $1 AND k.revoked_at IS NULL ORDER BY k.created_at DESC, k.id DESC LIMIT $2 OFFSET $3");
        command.Parameters.Add(new() { Value = userId });
        command.Parameters.Add(new() { Value = limit });
        command.Parameters.Add(new() { Value = offset });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<ApiKeyRow>();
        while (await reader.ReadAsync(cancellationToken)) keys.Add(Read(reader));
        return keys;
    }

    /// <summary>False when the user has as many keys as he may have.</summary>
    public async Task<bool> InsertAsync(ApiKeyRow key, byte[] hash, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Insert);
        command.Parameters.Add(new() { Value = key.Id });
        command.Parameters.Add(new() { Value = key.UserId });
        command.Parameters.Add(new() { Value = key.Name });
        command.Parameters.Add(new() { Value = key.Prefix });
        command.Parameters.Add(new() { Value = hash });
        command.Parameters.Add(new() { Value = key.Scopes.ToArray() });
        command.Parameters.Add(new() { Value = (object?)key.AllowedAccountId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = key.CreatedAt });
        command.Parameters.Add(new() { Value = (object?)key.ExpiresAt ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>False when the user has no such living key.</summary>
    public async Task<bool> RevokeAsync(Guid id, Guid userId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE api_key SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = userId });
        command.Parameters.Add(new() { Value = now });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public async Task<bool> OwnsAccountAsync(Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT 1 FROM account WHERE id = $1 AND user_id = $2)");
        command.Parameters.Add(new() { Value = accountId });
        command.Parameters.Add(new() { Value = userId });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static ApiKeyRow Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<string[]>(4),
        reader.IsDBNull(5) ? null : reader.GetGuid(5), reader.GetFieldValue<DateTimeOffset>(6),
        reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7), reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8));
}
