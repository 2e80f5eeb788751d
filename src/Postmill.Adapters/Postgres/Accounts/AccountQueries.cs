using Npgsql;
using Postmill.Domain.Sending;
using Postmill.Domain.Sync;

namespace Postmill.Adapters.Postgres.Accounts;

/// <summary>Reads accounts for the front end: rows only, no grain is woken and no mail server asked.</summary>
public sealed class AccountQueries(NpgsqlDataSource database)
{
    /// <summary>The connected accounts of a user, oldest first.</summary>
    public async Task<IReadOnlyList<AccountView>> ListAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"{Select} WHERE user_id = $1 AND connected ORDER BY created_at, id", userId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        var accounts = new List<AccountView>();
        while (await row.ReadAsync(cancellationToken)) accounts.Add(Read(row));
        return accounts;
    }

    /// <summary>A connected account of the user, or with a null id the default one; null when there is none.</summary>
    public async Task<AccountView?> FindAsync(Guid userId, Guid? accountId, CancellationToken cancellationToken)
    {
        await using var select = accountId is { } id
            ? database.Command($"{Select} WHERE user_id = $1 AND connected AND id = $2", userId, id)
            : database.Command($"{Select} WHERE user_id = $1 AND connected AND is_default", userId);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? Read(row) : null;
    }

    /// <summary>The connected account of this address, which is the user's once at most; null when there is none.</summary>
    public async Task<AccountView?> FindAsync(Guid userId, string email, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"{Select} WHERE user_id = $1 AND connected AND email_key = $2", userId, AccountBook.Key(email));
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? Read(row) : null;
    }

    private const string Select = $"SELECT id, email, name, imap_host, imap_port, smtp_host, smtp_port, is_default, created_at, {SyncColumns.Select}, sending_limits FROM account";

    private static AccountView Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        row.IsDBNull(2) ? null : row.GetString(2),
        row.GetString(3),
        row.GetInt32(4),
        row.GetString(5),
        row.GetInt32(6),
        row.GetBoolean(7),
        row.GetFieldValue<DateTimeOffset>(8),
        SyncColumns.Read(row, 9))
    {
        Limits = AccountColumns.Limits(row, row.GetOrdinal("sending_limits")),
    };
}

/// <summary>An account as lists show it; no secret.</summary>
public sealed record AccountView(
    Guid Id, string Email, string? Name, string ImapHost, int ImapPort, string SmtpHost, int SmtpPort, bool IsDefault, DateTimeOffset CreatedAt, SyncState Sync)
{
    public AccountLimits Limits { get; init; } = AccountLimits.None;
}
