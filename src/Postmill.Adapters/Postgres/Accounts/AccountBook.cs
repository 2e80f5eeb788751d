using Npgsql;
using NpgsqlTypes;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Adapters.Postgres.Sending;
using Postmill.Domain.Sending;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;

namespace Postmill.Adapters.Postgres.Accounts;

/// <summary>Every change takes the user's row first, so that "exactly one default" and the quota hold under concurrency.</summary>
internal sealed class AccountBook(NpgsqlDataSource database, ISecretBox secrets, AccountOptions options, TimeProvider time) : IAccountBook
{
    private const string LockUser = "SELECT 1 FROM users WHERE id = $1 FOR NO KEY UPDATE";

    public async Task<ConnectStanding> StandingAsync(Guid userId, string email, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await StandingAsync(connection, userId, email, cancellationToken);
    }

    public async Task<ConnectOutcome> ConnectAsync(Guid userId, NewAccount account, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, Sql.Batch(LockUser, userId), cancellationToken);
        var standing = await StandingAsync(connection, userId, account.Email, cancellationToken);
        if (standing != ConnectStanding.Free) return new ConnectOutcome(standing, null);
        var accountId = await UpsertAsync(connection, userId, account, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ConnectOutcome(ConnectStanding.Free, accountId);
    }

    public async Task<bool> DisconnectAsync(Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, Sql.Batch(LockUser, userId), cancellationToken);
        // The epoch moves on: whatever the running sync still holds in its hands is refused by the fence.
        var gone = await ExecuteAsync(connection, Sql.Batch("""
            UPDATE account SET connected = false, secret = NULL, is_default = false, owner = NULL, epoch = epoch + 1, next_sync_at = NULL, run_started_at = NULL
            WHERE id = $1 AND user_id = $2 AND connected
            """, accountId, userId), cancellationToken);
        if (gone == 0) return false;
        var now = time.GetUtcNow();
        await ExecuteAsync(connection, JobSql.CancelAll(accountId, now), cancellationToken);
        foreach (var command in OutboxSql.Disconnected(accountId, now)) await ExecuteAsync(connection, command, cancellationToken);
        await ExecuteAsync(connection, Sql.Batch("""
            UPDATE account SET is_default = true
            WHERE id = (SELECT id FROM account WHERE user_id = $1 AND connected ORDER BY created_at, id LIMIT 1)
              AND NOT EXISTS (SELECT 1 FROM account WHERE user_id = $1 AND is_default)
            """, userId), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    public async Task<ChangeOutcome> ChangeAsync(
        Guid userId, Guid accountId, string? name, bool makeDefault, AccountLimits? limits, Func<string?, bool, bool> seen, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, Sql.Batch(LockUser, userId), cancellationToken);
        if (await ShownAsync(connection, userId, accountId, cancellationToken) is not { } shown) return ChangeOutcome.NotThere;
        if (!seen(shown.Name, shown.IsDefault)) return ChangeOutcome.Changed;
        if (name is not null) await ExecuteAsync(connection, Sql.Batch("UPDATE account SET name = nullif($2, '') WHERE id = $1", accountId, name), cancellationToken);
        if (limits is not null) await ExecuteAsync(connection, Sql.Batch("UPDATE account SET sending_limits = $2 WHERE id = $1", accountId, AccountColumns.Limits(limits)), cancellationToken);
        if (makeDefault)
        {
            // One after the other: the index that allows one default per user looks at each row as it is written.
            await ExecuteAsync(connection, Sql.Batch("UPDATE account SET is_default = false WHERE user_id = $1 AND is_default", userId), cancellationToken);
            await ExecuteAsync(connection, Sql.Batch("UPDATE account SET is_default = true WHERE id = $1", accountId), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return ChangeOutcome.Done;
    }

    /// <summary>The user is locked: nobody else changes either.</summary>
    private static async Task<(string? Name, bool IsDefault)?> ShownAsync(NpgsqlConnection connection, Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Sql.Batch("SELECT name, is_default FROM account WHERE id = $1 AND user_id = $2 AND connected", accountId, userId));
        await using var row = await batch.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? (row.IsDBNull(0) ? null : row.GetString(0), row.GetBoolean(1)) : null;
    }

    public Task<AccountSettings?> SettingsAsync(Guid userId, Guid accountId, CancellationToken cancellationToken) =>
        FindAsync(userId, accountId, row => AccountColumns.ReadSettings(row, secrets), cancellationToken);

    public Task<AccountSettings?> ServersAsync(Guid userId, Guid accountId, CancellationToken cancellationToken) =>
        FindAsync(userId, accountId, AccountColumns.ReadServers, cancellationToken);

    private async Task<AccountSettings?> FindAsync(Guid userId, Guid accountId, Func<NpgsqlDataReader, AccountSettings> read, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"SELECT {AccountColumns.Settings} FROM account WHERE id = $1 AND user_id = $2 AND connected", accountId, userId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? read(row) : null;
    }

    public async Task<bool> RotateAsync(Guid userId, Guid accountId, string username, string password, CancellationToken cancellationToken)
    {
        await using var update = database.Command("UPDATE account SET username = $3, secret = $4 WHERE id = $1 AND user_id = $2 AND connected",
            accountId, userId, username, secrets.Seal(password));
        return await update.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task<ConnectStanding> StandingAsync(NpgsqlConnection connection, Guid userId, string email, CancellationToken cancellationToken)
    {
        await using var select = connection.CreateBatch();
        select.BatchCommands.Add(Sql.Batch("SELECT count(*) FILTER (WHERE email_key = $2), count(*) FROM account WHERE user_id = $1 AND connected", userId, Key(email)));
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return row.GetInt64(0) > 0 ? ConnectStanding.AlreadyConnected
            : options.MostPerUser > 0 && row.GetInt64(1) >= options.MostPerUser ? ConnectStanding.QuotaReached
            : ConnectStanding.Free;
    }

    private async Task<Guid> UpsertAsync(NpgsqlConnection connection, Guid userId, NewAccount account, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var upsert = connection.CreateBatch();
        upsert.BatchCommands.Add(Sql.Batch("""
            INSERT INTO account (id, user_id, email, email_key, name, imap_host, imap_port, imap_tls, smtp_host, smtp_port, smtp_tls, username, secret,
              is_default, connected, created_at, connected_at, next_sync_at, sending_limits)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
              NOT EXISTS (SELECT 1 FROM account WHERE user_id = $2 AND is_default), true, $14, $14, $14, $15)
            ON CONFLICT (user_id, email_key) DO UPDATE SET
              email = excluded.email, name = excluded.name, imap_host = excluded.imap_host, imap_port = excluded.imap_port, imap_tls = excluded.imap_tls,
              smtp_host = excluded.smtp_host, smtp_port = excluded.smtp_port, smtp_tls = excluded.smtp_tls, username = excluded.username, secret = excluded.secret,
              sending_limits = excluded.sending_limits, is_default = excluded.is_default, connected = true, connected_at = excluded.connected_at, next_sync_at = excluded.next_sync_at,
              owner = NULL, epoch = account.epoch + 1, swept_at = NULL, failed_runs = 0, window_start = NULL, run_started_at = NULL, first_synced_at = NULL,
              last_success_at = NULL, last_error_code = NULL, last_error = NULL, result_new = NULL, result_total = NULL, handed_total = account.stored_total
            RETURNING id
            """,
            Guid.CreateVersion7(now), userId, account.Email, Key(account.Email), account.Name ?? (object)Sql.Null(NpgsqlDbType.Text),
            account.Imap.Host, account.Imap.Port, AccountColumns.Word(account.Imap.Tls),
            account.Smtp.Host, account.Smtp.Port, AccountColumns.Word(account.Smtp.Tls),
            account.Username, secrets.Seal(account.Password), now, AccountColumns.Limits(account.Limits)));
        var accountId = (Guid)(await upsert.ExecuteScalarAsync(cancellationToken))!;
        // Folders of an account that comes back are met anew: what arrived while it was away is no news.
        await ExecuteAsync(connection, Sql.Batch("UPDATE folder SET baseline_uid = -1 WHERE account_id = $1", accountId), cancellationToken);
        foreach (var command in OutboxSql.Connected(accountId, now)) await ExecuteAsync(connection, command, cancellationToken);
        return accountId;
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, NpgsqlBatchCommand command, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(command);
        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public static string Key(string email) => email.ToLowerInvariant();
}
