using Npgsql;
using Postmill.Domain.Accounts;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;

namespace Postmill.Adapters.Postgres.Accounts;

internal sealed class AccountStore(NpgsqlDataSource database, ISiloIncarnation silo, ISecretBox secrets) : IAccountStore
{
    public async Task<OwnedAccount?> ClaimAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var owner = silo.Current;
        await using var claim = database.Command($"""
            UPDATE account SET owner = $2, epoch = epoch + 1, run_started_at = NULL
            WHERE id = $1 AND connected AND (owner IS NULL OR owner = $2
              OR NOT EXISTS (SELECT 1 FROM silo WHERE incarnation = account.owner AND status <> 'dead' AND expires_at > now()))
            RETURNING epoch, user_id, email, connected_at, imap_host, {SyncColumns.Select}
            """, accountId, owner);
        await using (var row = await claim.ExecuteReaderAsync(cancellationToken))
        {
            if (await row.ReadAsync(cancellationToken))
            {
                return new OwnedAccount(
                    new Claim(accountId, row.GetGuid(1), owner, row.GetInt64(0)),
                    SyncColumns.Read(row, 5),
                    row.GetString(2),
                    row.GetFieldValue<DateTimeOffset>(3),
                    row.GetString(4));
            }
        }

        await using var held = database.Command("SELECT EXISTS (SELECT 1 FROM account WHERE id = $1 AND connected)", accountId);
        return (bool)(await held.ExecuteScalarAsync(cancellationToken))! ? throw new OwnershipHeldException(accountId) : null;
    }

    public async Task ReleaseAsync(Claim claim, SyncState state, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Fence.Command(claim));
        batch.BatchCommands.Add(Sql.Batch(SyncColumns.Update, SyncColumns.Values(claim.AccountId, state)));
        batch.BatchCommands.Add(Sql.Batch("UPDATE account SET owner = NULL WHERE id = $1", claim.AccountId));
        try
        {
            await Fence.GuardAsync(claim, () => batch.ExecuteNonQueryAsync(cancellationToken));
        }
        catch (OwnershipLostException)
        {
            return; // whoever has it now needs nothing from us
        }
    }

    public Task SaveAsync(Claim claim, SyncState state, CancellationToken cancellationToken) =>
        Fence.ExecuteAsync(database, claim, cancellationToken, Sql.Batch(SyncColumns.Update, SyncColumns.Values(claim.AccountId, state)));

    public async Task<AccountSettings> SettingsAsync(Claim claim, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"SELECT {AccountColumns.Settings} FROM account WHERE id = $1 AND owner = $2 AND epoch = $3 AND connected",
            claim.AccountId, claim.Owner, claim.Epoch);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? AccountColumns.ReadSettings(row, secrets) : throw new OwnershipLostException(claim);
    }
}
