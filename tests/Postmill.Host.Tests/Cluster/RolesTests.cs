using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Postmill.Grains;
using Postmill.Host.Settings;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.Cluster;

public sealed class RolesTests
{
    [Fact]
    public async Task Mailbox_connected_at_a_front_lives_on_the_worker_and_is_heard_at_the_front()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var worker = await cluster.StartAsync("worker");
        var front = await cluster.StartAsync("front");
        var world = await MailWorld.InAsync(front, await SharedDovecot.GetAsync());
        await using var socket = await InboxClient.ConnectAsync(front.Address, "/mail/ws/inbox?after=0", await HostFixture.NewKeyAsync(world.User, "read"));
        var account = await world.ConnectAndSyncAsync();
        Assert.Equal(ClusterHosts.Owner(worker), await cluster.ScalarAsync<string>("SELECT owner FROM account WHERE id = $1", account));

        await world.Dovecot.DeliverAsync(world.Mailbox, Letters.About("over there"));
        Assert.Equal("email_received", (await socket.NextJsonAsync()).GetProperty("type").GetString());
        using var synced = await world.Client.PostAsJsonAsync("/api/sync", new { account_id = account });
        Assert.Equal(HttpStatusCode.OK, synced.StatusCode);
        await world.AssertStoreEqualsServerAsync(account);
    }

    [Fact]
    public async Task Without_a_worker_a_front_reads_and_says_503_and_works_as_soon_as_one_joins()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var front = await cluster.StartAsync("front");
        var world = await MailWorld.InAsync(front, await SharedDovecot.GetAsync());
        var account = await world.ConnectAsync();
        using (var refused = await world.Client.PostAsJsonAsync("/api/sync", new { account_id = account }))
        {
            await refused.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "node_unreachable");
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        foreach (var read in new[] { "/api/me", "/api/accounts", "/api/sync", $"/api/accounts/{account}/emails", "/health/ready" })
        {
            using var answer = await world.Client.GetAsync(read);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{read} answers {answer.StatusCode}");
        }

        var worker = await cluster.StartAsync("worker");
        await world.SyncAgainAsync(account);
        Assert.Equal(ClusterHosts.Owner(worker), await cluster.ScalarAsync<string>("SELECT owner FROM account WHERE id = $1", account));
    }

    [Fact]
    public async Task A_front_has_nothing_that_looks_for_work()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var front = await cluster.StartAsync("front");
        Assert.DoesNotContain(front.Services.GetServices<IHostedService>(), s => s is ISweeper);
    }

    [Fact]
    public async Task A_worker_serves_its_health_and_says_what_it_is_to_every_other_path()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var client = (await cluster.StartAsync("worker")).NewClient();
        Assert.Equal("""{"status":"ok","checks":{"phase":"ready","database":"ok"}}""", await client.GetStringAsync("/health/ready"));
        foreach (var path in new[] { "/", "/api/me", "/api/sync", "/mail/ws/inbox", "/mail/v1/inbox", "/docs", "/docs/index.html", "/openapi/v1.json", "/health" })
        {
            using var answer = await client.GetAsync(path);
            await answer.AssertErrorAsync(HttpStatusCode.NotFound, "worker");
            Assert.Contains("this is a worker", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using var post = await client.PostAsJsonAsync("/api/auth/sign-in", new { });
        await post.AssertErrorAsync(HttpStatusCode.NotFound, "worker");
    }

    [Fact]
    public async Task The_document_of_a_front_is_that_of_any_node()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var front = (await cluster.StartAsync("front")).NewClient();
        var all = (await cluster.StartAsync()).NewClient();
        Assert.Equal(await DocumentAsync(all), await DocumentAsync(front));

        static async Task<string> DocumentAsync(HttpClient client) => (await client.GetStringAsync("/openapi/v1.json")).Replace(client.BaseAddress!.Authority, "here", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silo", "0123456789abcdef", "setting Postmill:Cluster:Role is 'silo'; allowed: all, front, worker")]
    [InlineData("front", "", "setting Postmill:Cluster:Role is 'front' without Postmill:Cluster:Secret")]
    [InlineData("worker", "", "setting Postmill:Cluster:Role is 'worker' without Postmill:Cluster:Secret")]
    public async Task A_role_that_cannot_work_stops_the_start(string role, string secret, string says)
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var refused = await Assert.ThrowsAsync<SettingsException>(() => cluster.StartAsync(role, null, ("Postmill:Cluster:Secret", secret)));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, await Postmill.Host.Start.Launch.RunAsync([$"--Postmill:Cluster:Role={role}", $"--Postmill:Cluster:Secret={secret}", $"--ConnectionStrings:Postgres={cluster.ConnectionString}"]));
    }

    [Fact]
    public async Task A_front_with_a_database_of_its_own_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<SettingsException>(() => HostFixture.StartAsync(new()
        {
            ConnectionString = "",
            Settings = new Dictionary<string, string> { ["Postmill:Cluster:Role"] = "front", ["Postmill:Cluster:Secret"] = ClusterHosts.Secret },
        }));
        Assert.Contains("'front' without ConnectionStrings:Postgres", refused.Message, StringComparison.Ordinal);
    }
}
