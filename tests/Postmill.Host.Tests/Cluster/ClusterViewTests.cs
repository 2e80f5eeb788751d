using Postmill.Host.Cluster;

namespace Postmill.Host.Tests.Cluster;

public sealed class ClusterViewTests : IAsyncLifetime
{
    private ClusterDatabase _database = null!;

    private ClusterRows Rows => _database.Rows;

    public async Task InitializeAsync() => _database = await ClusterDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_database_without_silos_and_accounts_has_one_problem()
    {
        var view = await _database.ReadAsync();
        Assert.Empty(view.Silos);
        Assert.Equal(new(), view.Accounts);
        Assert.Equal(["no silo is alive"], ClusterProblems.Of(view));
    }

    [Fact]
    public async Task Accounts_of_a_killed_silo_are_orphans_from_its_death()
    {
        await Rows.SiloAsync("alive");
        await Rows.AccountsAsync(2, await Rows.SiloAsync("killed", deadFor: 20));
        var soon = await _database.ReadAsync();
        Assert.Equal((2, 0, 2), (soon.Accounts.Connected, soon.Accounts.Owned, soon.Accounts.Orphaned));
        Assert.InRange(soon.Accounts.OldestOrphan.TotalSeconds, 20, 29);
        Assert.Empty(ClusterProblems.Of(soon));
        await Rows.AccountsAsync(1, await Rows.SiloAsync("killed earlier", deadFor: 60));
        Assert.StartsWith("accounts without an owner: 3, the oldest for 6", Assert.Single(ClusterProblems.Of(await _database.ReadAsync())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Released_accounts_are_orphans_from_the_last_coming_or_going_of_a_silo_or_from_their_connection()
    {
        await Rows.SiloAsync("joined just now", startedAgo: 5);
        await Rows.AccountsAsync(1, owner: null);
        Assert.InRange((await _database.ReadAsync()).Accounts.OldestOrphan.TotalSeconds, 5, 20);
        await Rows.AccountsAsync(1, owner: null, connectedAgo: 2);
        Assert.InRange((await _database.ReadAsync()).Accounts.OldestOrphan.TotalSeconds, 5, 20);
    }

    [Fact]
    public async Task An_owner_that_nobody_remembers_is_no_owner()
    {
        await Rows.SiloAsync("alive");
        await Rows.AccountsAsync(1, "10.9.9.9:1@1");
        var view = await _database.ReadAsync();
        Assert.Equal(1, view.Accounts.Orphaned);
        Assert.InRange(view.Accounts.OldestOrphan.TotalSeconds, 3_600, 3_700);
    }

    [Fact]
    public async Task The_lag_is_the_longest_wait_of_an_account_that_could_run()
    {
        var alive = await Rows.SiloAsync("alive");
        await Rows.AccountsAsync(1, alive, dueIn: -10);
        await Rows.AccountsAsync(1, alive, dueIn: -70);
        await Rows.AccountsAsync(1, alive, dueIn: -500, running: true);
        await Rows.AccountsAsync(1, alive, dueIn: null, error: "imap_auth_failed");
        await Rows.AccountsAsync(1, alive, dueIn: -900, connected: false);
        var accounts = (await _database.ReadAsync()).Accounts;
        Assert.Equal((4, 2, 1, 1), (accounts.Connected, accounts.Overdue, accounts.Running, accounts.NeedPerson));
        Assert.InRange(accounts.SweepLag.TotalSeconds, 70, 90);
    }

    [Fact]
    public async Task A_run_that_died_with_its_silo_waits_from_its_death()
    {
        await Rows.SiloAsync("alive");
        await Rows.AccountsAsync(1, await Rows.SiloAsync("killed", deadFor: 15), dueIn: -400, running: true);
        var accounts = (await _database.ReadAsync()).Accounts;
        Assert.Equal((0, 1), (accounts.Running, accounts.Overdue));
        Assert.InRange(accounts.SweepLag.TotalSeconds, 15, 35);
    }

    [Fact]
    public async Task Statuses_are_those_of_the_public_list()
    {
        var alive = await Rows.SiloAsync("alive");
        await Rows.AccountsAsync(1, alive, everSynced: false);
        await Rows.AccountsAsync(2, alive, running: true, error: "timeout");
        await Rows.AccountsAsync(3, alive);
        await Rows.AccountsAsync(4, alive, error: "timeout");
        var accounts = (await _database.ReadAsync()).Accounts;
        Assert.Equal((1, 2, 3, 4), (accounts.Pending, accounts.Running, accounts.Synced, accounts.Failed));
        Assert.Equal(10, Assert.Single((await _database.ReadAsync()).Silos).Accounts);
    }

    [Fact]
    public async Task A_cluster_that_nobody_can_run_grains_in_says_so()
    {
        await Rows.SiloAsync("leaving", status: "draining");
        Assert.Equal(["every silo that is alive is draining"], ClusterProblems.Of(await _database.ReadAsync()));
        await Rows.FrontAsync("face");
        Assert.Equal(["no active silo runs grains: all have the role front"], ClusterProblems.Of(await _database.ReadAsync()));
        await Rows.SiloAsync("hands", role: "worker");
        Assert.Empty(ClusterProblems.Of(await _database.ReadAsync()));
    }

    [Fact]
    public async Task Another_cluster_on_the_database_is_named_while_it_lives()
    {
        await Rows.SiloAsync("ours");
        await Rows.SiloAsync("theirs", cluster: "blue");
        await Rows.SiloAsync("theirs too", cluster: "blue");
        await Rows.SiloAsync("gone", cluster: "green", deadFor: 5);
        var view = await _database.ReadAsync();
        Assert.Equal([new("blue", 2)], view.Others);
        Assert.Equal("ours", Assert.Single(view.Silos).Name);
        Assert.Equal(["another cluster works on this database: blue (silos alive: 2); every silo of a database needs the same Postmill:Cluster:Name"], ClusterProblems.Of(view));
        Assert.Equal(2, (await _database.ReadAsync("blue")).Silos.Count);
    }
}
