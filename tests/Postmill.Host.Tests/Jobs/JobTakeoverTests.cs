using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Cluster;
using Postmill.Host.Tests.Sync;
using Postmill.Host.Tests.SyncApi;

namespace Postmill.Host.Tests.Jobs;

/// <summary>A job whose silo is lost in the middle of it.</summary>
public sealed class JobTakeoverTests
{
    [Fact]
    public async Task A_job_that_ran_on_a_lost_silo_is_run_again_by_another_with_its_count_and_the_zombie_writes_nothing()
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var hosts = new[] { await cluster.StartAsync(), await cluster.StartAsync() };
        await ClusterHosts.SeeEachOtherAsync(hosts);
        var world = await MailWorld.InAsync(hosts[0], await SharedDovecot.GetAsync());
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        await tenant.SeedAsync(3, "Archive");
        gate.Hold();
        var job = (await tenant.EnqueueAsync(account)).JobId();
        await tenant.UntilJobAsync(job, "running");

        var owner = await cluster.ScalarAsync<string>("SELECT owner FROM account WHERE id = $1", account);
        var other = hosts.Single(h => ClusterHosts.Owner(h) != owner);
        var there = new Tenant(world, ClusterHosts.At(other, world.User));
        await cluster.DeclareDeadAsync(owner!);
        await Eventually.TrueAsync("another silo owns the account", async () => await cluster.ScalarAsync<string>("SELECT owner FROM account WHERE id = $1", account) is { } now && now != owner);
        gate.Release();
        var ended = await there.UntilJobAsync(job, "succeeded");
        Assert.Equal(2, ended.GetProperty("attempt_count").GetInt32());
        Assert.Equal(3, await there.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account));
        Assert.Single(await there.JobsAsync(account, "?kind=sync_messages&state=succeeded"), j => j.GetProperty("id").GetGuid() == job);
    }
}
