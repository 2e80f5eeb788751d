using Npgsql;
using Postmill.Domain.Access;

namespace Postmill.Adapters.Postgres.Access;

/// <summary>Table <c>users</c>.</summary>
internal sealed class UserRows(NpgsqlDataSource database, TimeProvider clock)
{
    // "First" is decided under a lock: two sign-ups at once must not both become admin.
    private const string OneAtATime = "SELECT pg_advisory_xact_lock(hashtext('postmill.first_user'))";

    private const string Insert = """
        INSERT INTO users (id, email, email_key, password_hash, role, created_at)
        SELECT $1, $2, $3, $4, CASE WHEN EXISTS (SELECT 1 FROM users) THEN $5 ELSE 'admin' END, $6
        WHERE $7 OR NOT EXISTS (SELECT 1 FROM users)
        ON CONFLICT (email_key) DO NOTHING
        RETURNING role
        """;

    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT EXISTS (SELECT 1 FROM users)");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    public async Task<UserRow?> FindByEmailAsync(string emailKey, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT id, email, password_hash, role FROM users WHERE email_key = $1");
        command.Parameters.Add(new() { Value = emailKey });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new UserRow(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), RoleNames.Parse(reader.GetString(3)));
    }

    /// <summary>The new user, admin if it is the first; null when the address is taken, or when <paramref name="open"/> is false and somebody was first.</summary>
    public async Task<UserRow?> InsertAsync(string email, string emailKey, string passwordHash, Role role, bool open, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(OneAtATime));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Insert)
        {
            Parameters =
            {
                new() { Value = id },
                new() { Value = email },
                new() { Value = emailKey },
                new() { Value = passwordHash },
                new() { Value = role.ToName() },
                new() { Value = clock.GetUtcNow() },
                new() { Value = open },
            },
        });
        UserRow? user = null;
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            await reader.NextResultAsync(cancellationToken);
            if (await reader.ReadAsync(cancellationToken)) user = new UserRow(id, email, passwordHash, RoleNames.Parse(reader.GetString(0)));
        }
        await transaction.CommitAsync(cancellationToken);
        return user;
    }

    public async Task UpdatePasswordAsync(Guid id, string passwordHash, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE users SET password_hash = $2 WHERE id = $1");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = passwordHash });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
