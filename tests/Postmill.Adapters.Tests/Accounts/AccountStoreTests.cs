using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;

namespace Postmill.Adapters.Tests.Accounts;

public sealed class AccountStoreTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 27, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Each_claim_is_a_new_epoch()
    {
        var silo = await database.StartSiloAsync();
        var account = await database.NewAccountAsync();
        var first = await database.ClaimAsync(silo, account);
        var second = await database.ClaimAsync(silo, account);
        Assert.Equal(first.Claim.Epoch + 1, second.Claim.Epoch);
        Assert.Equal("me@example.org", second.Email);
        await Assert.ThrowsAsync<OwnershipLostException>(() => database.Store(silo).SaveAsync(first.Claim, new SyncState(), Durability.OnDisk, null, CancellationToken.None));
        await database.Store(silo).SaveAsync(second.Claim, new SyncState(), Durability.OnDisk, null, CancellationToken.None);
    }

    [Fact]
    public async Task Living_owner_keeps_the_account_and_a_dead_one_does_not()
    {
        var (owner, other) = (await database.StartSiloAsync(), await database.StartSiloAsync());
        var account = await database.NewAccountAsync();
        var held = await database.ClaimAsync(owner, account);
        await Assert.ThrowsAsync<OwnershipHeldException>(() => database.ClaimAsync(other, account));
        await database.DeclareDeadAsync(owner);
        var taken = await database.ClaimAsync(other, account);
        Assert.True(taken.Claim.Epoch > held.Claim.Epoch);
        await Assert.ThrowsAsync<OwnershipLostException>(() => database.Store(owner).SaveAsync(held.Claim, new SyncState(), Durability.OnDisk, null, CancellationToken.None));
        await Assert.ThrowsAsync<OwnershipLostException>(() => database.Store(owner).SettingsAsync(held.Claim, CancellationToken.None));
    }

    [Fact]
    public async Task Released_account_is_anybodys_at_once()
    {
        var (owner, other) = (await database.StartSiloAsync(), await database.StartSiloAsync());
        var account = await database.NewAccountAsync();
        var held = await database.ClaimAsync(owner, account);
        await database.Store(owner).ReleaseAsync(held.Claim, new SyncState { NextSyncAt = Noon }, CancellationToken.None);
        Assert.Equal(Noon, (await database.ClaimAsync(other, account)).State.NextSyncAt);
    }

    [Fact]
    public async Task Stale_release_changes_nothing()
    {
        var silo = await database.StartSiloAsync();
        var account = await database.NewAccountAsync();
        var old = await database.ClaimAsync(silo, account);
        var now = await database.ClaimAsync(silo, account);
        await database.Store(silo).ReleaseAsync(old.Claim, new SyncState { FailedRuns = 3 }, CancellationToken.None);
        await database.Store(silo).SaveAsync(now.Claim, new SyncState { FailedRuns = 1 }, Durability.OnDisk, null, CancellationToken.None);
        Assert.Equal(1, (await database.ClaimAsync(silo, account)).State.FailedRuns);
    }

    [Fact]
    public async Task State_comes_back_as_it_was_saved_and_a_run_that_was_going_does_not()
    {
        var silo = await database.StartSiloAsync();
        var account = await database.NewAccountAsync();
        var claim = (await database.ClaimAsync(silo, account)).Claim;
        var state = new SyncState
        {
            NextSyncAt = Noon.AddMinutes(5),
            FailedRuns = 2,
            WindowStart = Noon,
            FirstSyncedAt = Noon.AddDays(-1),
            LastSuccessAt = Noon.AddHours(-1),
            LastFailure = new SyncFailure(SyncFailure.TimedOut, "no answer"),
            LastResult = new SyncResult(7, Noon.AddHours(-1), 9),
            HandedTotal = 9,
        };
        await database.Store(silo).SaveAsync(claim, state with { RunStartedAt = Noon, StoredTotal = 1_000 }, Durability.OnDisk, null, CancellationToken.None);
        Assert.Equal(state, (await database.ClaimAsync(silo, account)).State); // stored_total belongs to the batches
        await database.Store(silo).SaveAsync((await database.ClaimAsync(silo, account)).Claim, new SyncState(), Durability.OnDisk, null, CancellationToken.None);
        Assert.Equal(new SyncState(), (await database.ClaimAsync(silo, account)).State);
    }

    [Fact]
    public async Task Unknown_or_disconnected_account_cannot_be_claimed()
    {
        var silo = await database.StartSiloAsync();
        Assert.Null(await database.Store(silo).ClaimAsync(Guid.NewGuid(), CancellationToken.None));
        var user = await database.NewUserAsync();
        var account = (await database.Book().ConnectAsync(user, AccountDatabase.Account("a@example.org"), CancellationToken.None)).AccountId!.Value;
        Assert.True(await database.Book().DisconnectAsync(user, account, CancellationToken.None));
        Assert.Null(await database.Store(silo).ClaimAsync(account, CancellationToken.None));
    }
}
