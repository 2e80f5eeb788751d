using Postmill.Grains.Accounts;

namespace Postmill.Adapters.Tests.Accounts;

public sealed class AccountBookTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    [Fact]
    public async Task Connected_at_once_one_of_many_is_the_default()
    {
        var user = await database.NewUserAsync();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(n => ConnectAsync(user, $"a{n}@example.org")));
        Assert.Equal(1, await DefaultsAsync(user));
    }

    [Fact]
    public async Task Connects_and_disconnects_side_by_side_leave_exactly_one_default_while_there_is_an_account()
    {
        var user = await database.NewUserAsync();
        await ConnectAsync(user, "stays@example.org");
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => ConnectAsync(user, $"b{n}@example.org")));
        await Task.WhenAll(ids.Select((id, n) => n % 2 == 0
            ? (Task)database.Book().DisconnectAsync(user, id!.Value, CancellationToken.None)
            : ConnectAsync(user, $"c{n}@example.org")));
        Assert.Equal(1, await DefaultsAsync(user));
    }

    [Fact]
    public async Task Default_that_goes_is_followed_by_the_oldest_and_the_last_leaves_none()
    {
        var user = await database.NewUserAsync();
        var ids = new List<Guid>();
        foreach (var email in new[] { "one@example.org", "two@example.org", "three@example.org" })
        {
            ids.Add((await ConnectAsync(user, email))!.Value);
            database.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        foreach (var next in ids.Skip(1))
        {
            await database.Book().DisconnectAsync(user, ids[ids.IndexOf(next) - 1], CancellationToken.None);
            Assert.Equal(next, await database.ScalarAsync<Guid>("SELECT id FROM account WHERE user_id = $1 AND is_default", user));
        }

        await database.Book().DisconnectAsync(user, ids[^1], CancellationToken.None);
        Assert.Equal(0, await DefaultsAsync(user));
    }

    [Fact]
    public async Task One_address_connected_twice_at_once_is_one_account()
    {
        var user = await database.NewUserAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(n =>
            database.Book().ConnectAsync(user, AccountDatabase.Account(n % 2 == 0 ? "Same@Example.org" : "same@example.ORG"), CancellationToken.None)));
        Assert.Equal(1, outcomes.Count(o => o.Standing == ConnectStanding.Free));
        Assert.Equal(5, outcomes.Count(o => o.Standing == ConnectStanding.AlreadyConnected));
    }

    [Fact]
    public async Task Quota_holds_when_many_connect_at_once()
    {
        var user = await database.NewUserAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(n =>
            database.Book(mostPerUser: 3).ConnectAsync(user, AccountDatabase.Account($"q{n}@example.org"), CancellationToken.None)));
        Assert.Equal(3, outcomes.Count(o => o.Standing == ConnectStanding.Free));
        Assert.Equal(5, outcomes.Count(o => o.Standing == ConnectStanding.QuotaReached));
    }

    [Fact]
    public async Task Reconnected_address_lives_again_under_its_id_with_a_new_epoch_and_a_fresh_state()
    {
        var user = await database.NewUserAsync();
        var silo = await database.StartSiloAsync();
        var id = (await ConnectAsync(user, "back@example.org"))!.Value;
        var before = await database.ClaimAsync(silo, id);
        await database.Store(silo).SaveAsync(before.Claim, before.State with { FailedRuns = 4, NextSyncAt = null, FirstSyncedAt = before.ConnectedAt }, Durability.OnDisk, null, CancellationToken.None);
        Assert.True(await database.Book().DisconnectAsync(user, id, CancellationToken.None));
        Assert.False(await database.Book().DisconnectAsync(user, id, CancellationToken.None));
        await Assert.ThrowsAsync<OwnershipLostException>(() => database.Store(silo).SaveAsync(before.Claim, before.State, Durability.OnDisk, null, CancellationToken.None));
        Assert.True(await database.ScalarAsync<bool>("SELECT secret IS NULL FROM account WHERE id = $1", id));

        Assert.Equal(id, await ConnectAsync(user, "BACK@example.org"));
        await Assert.ThrowsAsync<OwnershipLostException>(() => database.Store(silo).SaveAsync(before.Claim, before.State, Durability.OnDisk, null, CancellationToken.None));
        var after = await database.ClaimAsync(silo, id);
        Assert.True(after.Claim.Epoch > before.Claim.Epoch);
        Assert.Equal(0, after.State.FailedRuns);
        Assert.Null(after.State.FirstSyncedAt);
        Assert.NotNull(after.State.NextSyncAt);
    }

    [Fact]
    public async Task Strangers_neither_read_nor_change_an_account()
    {
        var (user, stranger) = (await database.NewUserAsync(), await database.NewUserAsync());
        var id = (await ConnectAsync(user, "mine@example.org"))!.Value;
        Assert.Null(await database.Book().SettingsAsync(stranger, id, CancellationToken.None));
        Assert.False(await database.Book().RotateAsync(stranger, id, "x", "y", CancellationToken.None));
        Assert.False(await database.Book().DisconnectAsync(stranger, id, CancellationToken.None));
        Assert.Equal("secret of mine@example.org", (await database.Book().SettingsAsync(user, id, CancellationToken.None))!.Password);
    }

    private async Task<Guid?> ConnectAsync(Guid user, string email) =>
        (await database.Book().ConnectAsync(user, AccountDatabase.Account(email), CancellationToken.None)).AccountId;

    private Task<long> DefaultsAsync(Guid user) => database.ScalarAsync<long>("SELECT count(*) FROM account WHERE user_id = $1 AND is_default AND connected", user);
}
