using Npgsql;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Adapters.Postgres.Sending;
using Postmill.Domain.Accounts;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Jobs;

namespace Postmill.Adapters.Postgres.Accounts;

internal sealed class AccountStore(NpgsqlDataSource database, Fence fence, LocalOwner self, ISecretBox secrets, TimeProvider time) : IAccountStore
{
    public async Task<OwnedAccount?> ClaimAsync(Guid accountId, CancellationToken cancellationToken)
    {
        var owner = self.Name;
        await using var claim = database.Command($"""
            WITH claimed AS (
              UPDATE account SET owner = $2, epoch = epoch + 1, run_started_at = NULL
              WHERE id = $1 AND connected AND (owner IS NULL OR owner = $2
                OR NOT EXISTS (SELECT 1 FROM silo WHERE silo.owner = account.owner AND silo.status <> 'dead'))
              RETURNING *
            ), back AS (
              {JobSql.BackOfClaimed}
            ), {OutboxSql.DoubtOfClaimed}
            SELECT epoch, user_id, email, connected_at, imap_host, {SyncColumns.Select}, {JobSql.StandsOpen}, smtp_host, {OutboxSql.Standing}, sending_limits FROM claimed
            """, accountId, owner, time.GetUtcNow());
        await using (var row = await claim.ExecuteReaderAsync(cancellationToken))
        {
            if (await row.ReadAsync(cancellationToken))
            {
                return new OwnedAccount(
                    new Claim(accountId, row.GetGuid(1), owner, row.GetInt64(0)),
                    SyncColumns.Read(row, 5),
                    row.GetString(2),
                    row.GetFieldValue<DateTimeOffset>(3),
                    row.GetString(4),
                    row.GetBoolean(17),
                    row.GetString(18))
                {
                    Mail = new OutboxStanding(row.GetBoolean(19), row.GetBoolean(20), row.GetInt32(21)),
                    Limits = AccountColumns.Limits(row, 22),
                };
            }
        }

        await using var held = database.Command("SELECT EXISTS (SELECT 1 FROM account WHERE id = $1 AND connected)", accountId);
        return (bool)(await held.ExecuteScalarAsync(cancellationToken))! ? throw new OwnershipHeldException(accountId) : null;
    }

    public async Task ReleaseAsync(Claim claim, SyncState state, CancellationToken cancellationToken)
    {
        // Lost, the row names a silo that is dead: an orphan all the same. No sweep's mark stays: the wake that it stands for reached an owner that goes.
        var release = Sql.Batch(
            $"UPDATE account SET {SyncColumns.Assignments}, {SyncColumns.Totals}, owner = NULL, swept_at = NULL WHERE {SyncColumns.Owned} RETURNING epoch", SyncColumns.ValuesAndTotals(claim, state));
        try
        {
            await fence.OwnRowAsync(claim, Durability.Soon, release, cancellationToken);
        }
        catch (OwnershipLostException)
        {
            return; // whoever has it now needs nothing from us
        }
    }

    public Task SaveAsync(Claim claim, SyncState state, Durability durability, JobChanges? jobs, CancellationToken cancellationToken) => fence.OwnRowAsync(
        claim, durability,
        Sql.Batch($"UPDATE account SET {SyncColumns.Assignments}, {SyncColumns.Totals} WHERE {SyncColumns.Owned} RETURNING epoch", SyncColumns.ValuesAndTotals(claim, state)),
        cancellationToken, JobSql.Of(claim, jobs));

    public Task<long> SaveResultAsync(Claim claim, SyncState state, bool handed, Durability durability, JobChanges? jobs, CancellationToken cancellationToken) => fence.OwnRowAsync(
        claim, durability,
        Sql.Batch($"""
            UPDATE account SET {SyncColumns.Assignments}, result_total = stored_total, handed_total = CASE WHEN $13 THEN stored_total ELSE handed_total END
            WHERE {SyncColumns.Owned} RETURNING stored_total
            """,
            [.. SyncColumns.Values(claim, state), handed]),
        cancellationToken, JobSql.Of(claim, jobs));

    public async Task<AccountSettings> SettingsAsync(Claim claim, CancellationToken cancellationToken)
    {
        await using var select = database.Command($"SELECT {AccountColumns.Settings} FROM account WHERE {SyncColumns.Owned}",
            claim.AccountId, claim.Owner, claim.Epoch);
        await using var row = await select.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? AccountColumns.ReadSettings(row, secrets) : throw new OwnershipLostException(claim);
    }
}
