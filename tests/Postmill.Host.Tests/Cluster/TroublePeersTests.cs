using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Host.Cluster;
using Postmill.Host.Start;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Live;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.Cluster;

/// <summary>Silos that were set up wrongly beside each other: every one says so in a line, nothing hangs, and no mailbox has two owners.</summary>
public sealed class TroublePeersTests
{
    [Fact]
    public async Task A_front_with_another_secret_answers_503_and_both_logs_name_the_cause()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var worker = await cluster.StartAsync("worker");
        var front = await cluster.StartAsync("front", null, ("Postmill:Cluster:Secret", "another secret than the worker's"));
        var world = await MailWorld.InAsync(front, await SharedDovecot.GetAsync());
        var account = await world.ConnectAsync();
        using (var refused = await world.Client.PostAsJsonAsync("/api/sync", new { account_id = account }).WaitAsync(LiveHost.Patience))
            await refused.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "node_unreachable");
        foreach (var host in new[] { front, worker })
        {
            await Eventually.TrueAsync("each end says why", () => Task.FromResult(host.Logs.Lines.Any(l => l.StartsWith("Warning", StringComparison.Ordinal)
                && l.Contains("turned down: the cluster secrets of the two ends differ", StringComparison.Ordinal))));
            Assert.Single(host.Logs.Lines, l => l.Contains("turned down", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("another secret than the first's", "it has another Postmill:Cluster:Secret, or none")]
    [InlineData("", "this one has no Postmill:Cluster:Secret")]
    public async Task A_silo_with_another_secret_or_none_does_not_start_beside_one_that_lives(string secret, string says)
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var first = await cluster.StartAsync();
        var refused = await Assert.ThrowsAsync<StartException>(() => cluster.StartAsync(settings: ("Postmill:Cluster:Secret", secret)));
        Assert.Contains($"at {Endpoints(first).Silo} lives in", refused.Message, StringComparison.Ordinal);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await cluster.ScalarAsync<long>("SELECT count(*) FROM silo"));
    }

    [Fact]
    public async Task A_silo_does_not_start_beside_one_without_a_secret()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        await cluster.StartAsync(settings: ("Postmill:Cluster:Secret", ""));
        var refused = await Assert.ThrowsAsync<StartException>(() => cluster.StartAsync());
        Assert.Contains("it has another Postmill:Cluster:Secret, or none", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_secret_a_silo_starts_when_the_one_that_was_there_has_said_nothing_for_a_while()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        await using (await cluster.StartAsync(settings: ("Postmill:Cluster:Secret", ""))) { }
        await using var rows = new ClusterRows(cluster.ConnectionString);
        var crashed = await rows.SiloAsync("crashed", seenAgo: 13);
        await rows.AccountsAsync(2, crashed);
        var next = await cluster.StartAsync(settings: ("Postmill:Cluster:Secret", ""));
        Assert.Contains(next.Logs.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("crashed at 10.0.0.7:11111 is gone without having said so", StringComparison.Ordinal));
        Assert.Equal("dead", await cluster.ScalarAsync<string>("SELECT status FROM silo WHERE owner = $1", crashed));
    }

    [Fact]
    public async Task Another_cluster_name_does_not_start_on_the_same_database_and_the_first_cluster_works_on()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var first = await cluster.StartAsync();
        var world = await MailWorld.InAsync(first, await SharedDovecot.GetAsync());
        var account = await world.ConnectAndSyncAsync();
        var refused = await Assert.ThrowsAsync<StartException>(() => cluster.StartAsync(settings: ("Postmill:Cluster:Name", "postmil")));
        Assert.Contains("the cluster \"postmill\"", refused.Message, StringComparison.Ordinal);
        Assert.Contains("this silo is of the cluster \"postmil\". Set Postmill:Cluster:Name to the same name in all silos", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ClusterHosts.Owner(first), await cluster.ScalarAsync<string>("SELECT owner FROM account WHERE id = $1", account));
        await world.Dovecot.DeliverAsync(world.Mailbox, Letters.About("still the first one's"));
        await Eventually.TrueAsync("the first cluster works on", async () => (await world.EventsAsync()).Count == 1);
    }

    [Fact]
    public async Task A_cluster_that_was_given_another_name_takes_over_from_silos_that_are_gone()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        await using (await cluster.StartAsync()) { }
        await using var rows = new ClusterRows(cluster.ConnectionString);
        await rows.AccountsAsync(1, await rows.SiloAsync("crashed", seenAgo: 60));
        await cluster.StartAsync(settings: ("Postmill:Cluster:Name", "renamed"));
        Assert.Equal(0, await cluster.ScalarAsync<long>("SELECT count(*) FROM silo WHERE cluster = 'postmill' AND status <> 'dead'"));
    }

    [Fact]
    public async Task Two_machines_with_one_address_the_second_does_not_start_and_says_what_to_set()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        await using (await cluster.StartAsync()) { }
        var port = ClusterPorts.Free(IPAddress.Loopback, Random.Shared);
        using var over = new CancellationTokenSource();
        var alive = KeepAliveAsync(cluster.ConnectionString, port, over.Token);
        var refused = await Assert.ThrowsAsync<StartException>(() => cluster.StartAsync(settings: [("Postmill:Cluster:Port", $"{port}"), ("Postmill:Cluster:SiloName", "machine-two")]));
        await over.CancelAsync();
        await alive;
        Assert.Contains($"machine-one on the machine elsewhere lives in cluster \"postmill\" of this database and has the address 127.0.0.1:{port}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Set Postmill:Cluster:AdvertisedAddress and Port", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("same", "by another silo of this cluster on this database")]
    [InlineData("database", "by a silo of another database")]
    [InlineData("name", "by a silo of another cluster")]
    [InlineData("secret", "by a silo with another secret")]
    [InlineData("program", "by another program")]
    public async Task A_port_that_is_taken_is_one_line_that_says_by_whom(string by, string says)
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var port = ClusterPorts.Free(IPAddress.Loopback, Random.Shared);
        (string, string) at = ("Postmill:Cluster:Port", $"{port}");
        await using var other = by == "same" ? cluster : await ClusterHosts.NewAsync();
        using var program = new TcpListener(IPAddress.Loopback, port);
        if (by == "program") program.Start();
        else await other.StartAsync(settings: [at, .. by switch { "name" => [("Postmill:Cluster:Name", "blue")], "secret" => [("Postmill:Cluster:Secret", "quite another one")], _ => Array.Empty<(string, string)>() }]);
        var refused = await Assert.ThrowsAsync<StartException>(() => cluster.StartAsync(settings: at));
        Assert.Equal($"port {port} of 127.0.0.1 is taken {says}. Set Postmill:Cluster:Port to a free port, or to 0 for any.", refused.Message);
    }

    [Fact]
    public async Task A_gateway_out_of_reach_is_503_at_the_front_and_used_again_when_it_heals()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        await using var worker = await cluster.StartBehindLinesAsync("worker");
        var front = await cluster.StartAsync("front");
        await ClusterHosts.SeeEachOtherAsync(worker.Host, front);
        var world = await MailWorld.InAsync(front, await SharedDovecot.GetAsync());
        var account = await world.ConnectAndSyncAsync();
        worker.Cut();
        using (var refused = await world.Client.PostAsJsonAsync("/api/sync", new { account_id = account }).WaitAsync(LiveHost.Patience))
            await refused.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "node_unreachable");
        using (var read = await world.Client.GetAsync($"/api/accounts/{account}/emails")) Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        worker.Mend();
        await world.SyncAgainAsync(account);
    }

    private static SiloEndpoints Endpoints(HostFixture host) => host.Services.GetRequiredService<SiloEndpoints>();

    /// <summary>As a silo of another machine at the address does.</summary>
    private static async Task KeepAliveAsync(string connectionString, int port, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(connectionString + ";Pooling=false");
        await using var join = database.CreateCommand($"""
            INSERT INTO orleansmembershiptable (deploymentid, address, port, generation, siloname, hostname, status, starttime, iamalivetime)
            VALUES ('postmill', '127.0.0.1', {port}, 1, 'machine-one', 'elsewhere', 3, now(), now())
            """);
        await join.ExecuteNonQueryAsync(CancellationToken.None);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await using var live = database.CreateCommand($"UPDATE orleansmembershiptable SET iamalivetime = now() WHERE port = {port}");
                await live.ExecuteNonQueryAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
    }
}
