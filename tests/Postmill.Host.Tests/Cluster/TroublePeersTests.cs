using System.Net;
using System.Net.Http.Json;
using Granary.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Host.Start;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Live;
using Postmill.Host.Tests.Sync;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Cluster;

/// <summary>Silos that were set up wrongly beside each other: every one says so, nothing hangs, and no mailbox has two owners.</summary>
public sealed class TroublePeersTests
{
    [Fact]
    public async Task With_two_secrets_calls_between_the_silos_answer_503_and_both_logs_name_the_other_and_the_cause()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var worker = await cluster.StartAsync("worker", null, ("Postmill:Cluster:SiloName", "the-worker"));
        var front = await cluster.StartAsync("front", null, ("Postmill:Cluster:SiloName", "the-front"), ("Postmill:Cluster:Secret", "another secret than the worker's"));
        await ClusterHosts.SeeEachOtherAsync(worker, front);
        var world = await MailWorld.InAsync(front, await SharedDovecot.GetAsync());
        var account = await world.ConnectAsync();
        using (var refused = await world.Client.PostAsJsonAsync("/api/sync", new { account_id = account }).WaitAsync(LiveHost.Patience))
            await refused.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "node_unreachable");
        Assert.Contains(front.Logs.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal)
            && l.Contains($"the-worker at {Address(worker)} refuses calls of this silo (401): The cluster secrets of the two silos differ; all silos of a cluster have the same", StringComparison.Ordinal));
        Assert.Contains(worker.Logs.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal)
            && l.Contains($"(the-front at {Address(front)}) was refused: The cluster secrets of the two silos differ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_cluster_names_on_one_database_are_told_and_no_mailbox_has_two_owners()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var first = await cluster.StartAsync();
        var world = await MailWorld.InAsync(first, await SharedDovecot.GetAsync());
        var account = await world.ConnectAndSyncAsync();
        var second = await cluster.StartAsync(settings: ("Postmill:Cluster:Name", "postmil"));
        Assert.Contains(second.Logs.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("Another cluster, \"postmill\"", StringComparison.Ordinal)
            && l.Contains("Set Postmill:Cluster:Name, \"postmil\" here", StringComparison.Ordinal));
        await Eventually.TrueAsync("the first one says it too", () => Task.FromResult(first.Logs.Lines.Any(l => l.Contains("Another cluster, \"postmil\"", StringComparison.Ordinal))));
        Assert.Single(second.Logs.Lines, l => l.Contains("Another cluster", StringComparison.Ordinal));

        var there = ClusterHosts.At(second, world.User);
        using (var held = await there.Client.PostAsJsonAsync("/api/sync", new { account_id = account }))
            await held.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "account_moving");
        using (var read = await there.Client.GetAsync($"/api/accounts/{account}/emails")) Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(ClusterHosts.Incarnation(first), await cluster.ScalarAsync<Guid>("SELECT owner FROM account WHERE id = $1", account));
        await world.Dovecot.DeliverAsync(world.Mailbox, Letters.About("still the first one's"));
        await Eventually.TrueAsync("the first cluster works on", async () => (await world.EventsAsync()).Count == 1);

        var third = await cluster.StartAsync(settings: ("Postmill:Cluster:Name", "postmil"));
        await ClusterHosts.SeeEachOtherAsync(second, third);
        await ClusterHosts.SeeEachOtherAsync(first);
    }

    [Fact]
    public async Task A_silo_whose_port_is_out_of_reach_is_named_with_both_addresses_and_used_again_when_it_heals()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var worker = await cluster.StartAsync("worker", null, ("Postmill:Cluster:SiloName", "the-worker"));
        var front = await cluster.StartAsync("front");
        await ClusterHosts.SeeEachOtherAsync(worker, front);
        var world = await MailWorld.InAsync(front, await SharedDovecot.GetAsync());
        var account = await world.ConnectAndSyncAsync();

        // What a wrong AdvertisedAddress or a closed port is to the others: nobody listens there.
        using var closed = PortLease.Take();
        var port = IPEndPoint.Parse(Address(worker)).Port;
        var advertised = $"127.0.0.1:{closed.Port}";
        await AdvertiseAsync(cluster, worker, advertised);
        await Eventually.TrueAsync("the front is sent there", () => Task.FromResult(front.Services.GetRequiredService<ISiloView>().Active.Any(s => s.Address == advertised)));
        await Eventually.TrueAsync("the front says who is out of reach", async () =>
        {
            using var refused = await world.Client.PostAsJsonAsync("/api/sync", new { account_id = account }).WaitAsync(LiveHost.Patience);
            await refused.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "node_unreachable");
            return front.Logs.Lines.Any(l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains($"the-worker at {advertised} cannot be reached", StringComparison.Ordinal)
                && l.Contains($"from {Address(front)}", StringComparison.Ordinal) && l.Contains("Are the address and port that it advertises right", StringComparison.Ordinal));
        });
        await using var line = new TcpProxy(port, closed.Port);
        await world.SyncAgainAsync(account);
        Assert.Contains(front.Logs.Lines, l => l.Contains("can be reached again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_machines_with_one_address_the_second_does_not_start_and_says_what_to_set()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var first = await cluster.StartAsync(configure: ClusterHosts.ShortLease, settings: [("Postmill:Cluster:Secret", ""), ("Postmill:Cluster:Port", "11111"), ("Postmill:Cluster:SiloName", "machine-one")]);
        var refused = await Assert.ThrowsAsync<StartException>(() => cluster.StartAsync(
            settings: [("Postmill:Cluster:Secret", ""), ("Postmill:Cluster:Port", "11111"), ("Postmill:Cluster:SiloName", "machine-two")]));
        Assert.Contains("machine-one lives in cluster \"postmill\" of this database and has the address 127.0.0.1:11111", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Set Postmill:Cluster:AdvertisedAddress and Port", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Postmill:Cluster:Secret", refused.Message, StringComparison.Ordinal);
        Assert.True(first.Services.GetRequiredService<ISiloIdentity>().MayWork);
    }

    [Fact]
    public async Task A_second_silo_without_a_secret_does_not_start_while_another_lives_and_starts_when_its_lease_is_over()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var first = await cluster.StartAsync(configure: ClusterHosts.ShortLease);
        var refused = await Assert.ThrowsAsync<StartException>(() => cluster.StartAsync(settings: ("Postmill:Cluster:Secret", "")));
        Assert.Contains($"at {Address(first)} lives in cluster \"postmill\" of this database, and this one has no Postmill:Cluster:Secret", refused.Message, StringComparison.Ordinal);
        await first.StopAsync();
        await cluster.ScalarAsync<object>("""
            INSERT INTO silo (incarnation, cluster, address, name, version, role, status, expires_at)
            VALUES (gen_random_uuid(), 'postmill', '10.0.0.1:11111', 'crashed', '1', 'all', 'active', now() + interval '2 seconds')
            """);
        var next = await cluster.StartAsync(settings: ("Postmill:Cluster:Secret", ""));
        Assert.Contains(next.Logs.Lines, l => l.Contains("crashed at 10.0.0.1:11111 runs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_start_that_takes_a_living_lease_over_says_so_and_so_does_the_one_that_lost_it()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        (string, string)[] same = [("Postmill:Cluster:Secret", ""), ("Postmill:Cluster:Port", "11111")];
        var older = await cluster.StartAsync(configure: ClusterHosts.ShortLease, settings: same);
        var newer = await cluster.StartAsync(settings: same);
        Assert.Contains(newer.Logs.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("this start of the same silo takes it over", StringComparison.Ordinal));
        await Eventually.TrueAsync("the older one says who has its lease", () => Task.FromResult(older.Logs.Lines.Any(l => l.StartsWith("Error", StringComparison.Ordinal)
            && l.Contains("has started at this silo's address 127.0.0.1:11111 and has taken its lease", StringComparison.Ordinal))));
        Assert.False(older.Services.GetRequiredService<ISiloIdentity>().MayWork);
    }

    [Fact]
    public async Task A_silo_without_a_secret_says_when_others_join()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var alone = await cluster.StartAsync(settings: ("Postmill:Cluster:Secret", ""));
        var other = await cluster.StartAsync();
        await Eventually.TrueAsync("it says so", () => Task.FromResult(alone.Logs.Lines.Any(l => l.StartsWith("Warning", StringComparison.Ordinal)
            && l.Contains($"at {Address(other)} lives in this cluster, and this one has no Postmill:Cluster:Secret", StringComparison.Ordinal))));
    }

    private static string Address(HostFixture host) => host.Services.GetRequiredService<ISiloIdentity>().Address;

    private static Task AdvertiseAsync(ClusterHosts cluster, HostFixture silo, string address) =>
        cluster.ScalarAsync<object>("UPDATE silo SET address = $2 WHERE incarnation = $1", ClusterHosts.Incarnation(silo), address);
}
