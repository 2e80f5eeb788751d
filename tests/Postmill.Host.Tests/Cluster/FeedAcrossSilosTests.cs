using Postmill.Domain.Feed;
using Postmill.Host.Tests.Live;

namespace Postmill.Host.Tests.Cluster;

public sealed class FeedAcrossSilosTests : IAsyncLifetime
{
    private FeedWorld _world = null!;

    public async Task InitializeAsync() => _world = await FeedWorld.StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_subscriber_on_each_silo_hears_what_publishers_on_all_write_in_one_order_each_once()
    {
        const int each = 300;
        var clients = new List<InboxClient>();
        foreach (var silo in _world.Silos) clients.Add(await _world.ConnectAsync(silo, after: 0));
        await Task.WhenAll(_world.Silos.Select((silo, who) => PublishOneByOneAsync(silo, (who + 1) * 1_000, each, wake: true)));
        var heard = await Task.WhenAll(clients.Select(c => FramesAsync(c, 3 * each)));
        Assert.Equal(Enumerable.Range(1, 3 * each), heard[0].Select(f => (int)f.Seq));
        Assert.Equal(heard[0], heard[1]);
        Assert.Equal(heard[0], heard[2]);
        foreach (var publisher in heard[0].GroupBy(f => f.N / 1_000))
            Assert.Equal(Enumerable.Range(publisher.Key * 1_000, each), publisher.Select(f => f.N));
        foreach (var client in clients) await client.AssertSilentAsync();
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task A_wake_up_that_is_lost_delays_an_event_on_every_silo_and_loses_it_on_none()
    {
        var clients = new List<InboxClient>();
        foreach (var silo in _world.Silos) clients.Add(await _world.ConnectAsync(silo));
        await _world.PublishAsync(_world.Silos[0], 1, 1);
        foreach (var client in clients) Assert.Equal([1], await client.NumbersAsync(1));
        await _world.PublishAsync(_world.Silos[1], 2, 3, wake: false);
        foreach (var client in clients) Assert.Equal([2, 3, 4], await client.NumbersAsync(3));
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task Five_hundred_events_missed_are_resumed_on_another_silo_then_live_without_a_seam()
    {
        await using (var before = await _world.ConnectAsync(_world.Silos[0], after: 0))
        {
            await _world.PublishAsync(_world.Silos[2], 1, 3);
            Assert.Equal([1, 2, 3], await before.NumbersAsync(3));
        }
        await _world.PublishAsync(_world.Silos[0], 4, 500);
        await using var client = await _world.ConnectAsync(_world.Silos[1], after: 3);
        Assert.Equal(Enumerable.Range(4, 500), await client.NumbersAsync(500));
        await client.AssertSilentAsync();
        await _world.PublishAsync(_world.Silos[2], 504, 1);
        Assert.Equal([504], await client.NumbersAsync(1));
    }

    [Fact]
    public async Task Going_from_silo_to_silo_in_a_publish_storm_loses_nothing_and_repeats_nothing()
    {
        const int storm = 1_500;
        var publishing = StormAsync();
        var seen = new List<int>();
        for (var turn = 0; seen.Count < storm; turn++)
        {
            await using var client = await _world.ConnectAsync(_world.Silos[turn % 3], after: seen.Count);
            seen.AddRange(await client.NumbersAsync(Math.Min(137, storm - seen.Count)));
        }
        await publishing;
        Assert.Equal(Enumerable.Range(1, storm), seen);

        async Task StormAsync()
        {
            for (var n = 1; n <= storm; n += 10) await _world.PublishAsync(_world.Silos[n / 10 % 3], n, 10);
        }
    }

    [Fact]
    public async Task When_the_silo_of_the_grain_is_drained_sockets_on_the_others_stay_open_and_miss_nothing()
    {
        var (grains, others, clients) = await WatchAsync();
        var publishing = PublishOneByOneAsync(others[0], 2, 300, wake: false);
        await grains.StopAsync();
        await publishing;
        foreach (var client in clients) Assert.Equal(Enumerable.Range(2, 300), await client.NumbersAsync(300));
        await _world.PublishAsync(others[1], 302, 1);
        foreach (var client in clients) Assert.Equal([302], await client.NumbersAsync(1));
        foreach (var client in clients) await client.AssertSilentAsync();
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task When_the_silo_of_the_grain_is_killed_sockets_on_the_others_stay_open_and_miss_nothing()
    {
        // Two silos and a front of this process, and a silo that can be killed; users are made until one's grain runs there.
        await using var cluster = await ClusterHosts.NewAsync();
        HostFixture[] hosts = [await cluster.StartAsync(), await cluster.StartAsync()];
        await using var victim = await cluster.StartProcessAsync();
        await cluster.AreActiveAsync(3);
        var front = await cluster.StartAsync("front");
        await ClusterHosts.HasMetASiloAsync(front);
        var user = await hosts[0].SignUpAsync();
        while (await ClusterHosts.RunsAtAsync(hosts[0], FeedGrains.GrainType, user.UserId) is var silo && hosts.Any(h => ClusterHosts.Owner(h) == silo)) user = await hosts[0].SignUpAsync();
        var key = await HostFixture.NewKeyAsync(user, "read");
        var clients = new List<InboxClient>();
        foreach (var host in hosts.Append(front)) clients.Add(await InboxClient.ConnectAsync(host.Address, "/mail/ws/inbox", key));
        await FeedWorld.PublishAsync(hosts[0], user.UserId, 1, 1);
        foreach (var client in clients) Assert.Equal([1], await client.NumbersAsync(1));

        await victim.KillAsync();
        await FeedWorld.PublishAsync(hosts[0], user.UserId, 2, 5, wake: false);
        foreach (var client in clients) Assert.Equal(Enumerable.Range(2, 5), await client.NumbersAsync(5));
        await cluster.AreActiveAsync(2); // the others have declared it dead
        await FeedWorld.PublishAsync(hosts[1], user.UserId, 7, 100);
        foreach (var client in clients) Assert.Equal(Enumerable.Range(7, 100), await client.NumbersAsync(100));
        foreach (var client in clients) await client.AssertSilentAsync();
        foreach (var client in clients) await client.DisposeAsync();
    }

    private async Task<(HostFixture Grains, HostFixture[] Others, List<InboxClient> Clients)> WatchAsync()
    {
        // Only the grain reads the log for sockets that are live from their first frame on.
        var probes = new List<InboxClient>();
        foreach (var silo in _world.Silos) probes.Add(await _world.ConnectAsync(silo));
        await _world.PublishAsync(_world.Silos[0], 1, 1);
        foreach (var probe in probes) Assert.Equal([1], await probe.NumbersAsync(1));
        var grains = _world.GrainsSilo();
        var clients = probes.Where((_, at) => _world.Silos[at] != grains).ToList();
        await probes[_world.Silos.IndexOf(grains)].DisposeAsync();
        return (grains, [.. _world.Silos.Where(s => s != grains)], clients);
    }

    private async Task PublishOneByOneAsync(HostFixture by, int first, int count, bool wake)
    {
        for (var n = first; n < first + count; n++) await _world.PublishAsync(by, n, 1, wake);
    }

    private static async Task<List<(long Seq, int N)>> FramesAsync(InboxClient client, int count)
    {
        var frames = new List<(long, int)>();
        while (frames.Count < count)
        {
            var frame = await client.NextJsonAsync();
            frames.Add((frame.GetProperty("seq").GetInt64(), frame.GetProperty("n").GetInt32()));
        }
        return frames;
    }
}
