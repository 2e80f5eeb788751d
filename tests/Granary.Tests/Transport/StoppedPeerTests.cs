using System.Globalization;
using Granary.Cluster;
using Granary.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime;
using Postmill.Testing;

namespace Granary.Tests.Transport;

/// <summary>Silo <c>a</c> calls silo <c>b</c> over a network that the test stalls or cuts.</summary>
public sealed class StoppedPeerTests
{
    [Fact]
    public async Task A_call_to_a_stopped_silo_ends_by_its_deadline_and_its_outcome_is_unknown()
    {
        await using var network = new SiloNetwork();
        await using var cluster = await StartAsync(network, null, services =>
        {
            services.Configure<GranaryOptions>(o => o.EnumerationPollTime = TimeSpan.FromMilliseconds(100));
            services.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromMilliseconds(300));
        });
        var key = cluster.KeyOn("worker", cluster["b"]);
        network.Stall();
        var fault = await Assert.ThrowsAsync<TimeoutException>(() => cluster["a"].Grains.GetGrain<IWorker>(key).Increment().WaitAsync(Silo.Patience));
        Assert.Contains("outcome is unknown", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stopped_silo_is_noticed_by_its_silence_long_before_the_deadline()
    {
        await using var network = new SiloNetwork();
        await using var cluster = await StartAsync(network, o => o.PingAfter = TimeSpan.FromSeconds(1), services =>
            services.Configure<SiloMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromMinutes(10)));
        var (placed, gated) = (cluster.KeyOn("placed", cluster["b"]), cluster.KeyOn("streamer", cluster["b"]));
        await using var reader = cluster["a"].Grains.GetGrain<IStreamer>(gated).Gated(5).GetAsyncEnumerator();
        cluster.Probe.Open("item 1");
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Silo.Patience));
        var next = reader.MoveNextAsync().AsTask();
        await cluster.Probe.Noted("before 2");
        network.Stall();
        var call = cluster["a"].Grains.GetGrain<IPlaced>(placed).Where();
        var fault = await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(Silo.Patience));
        Assert.Contains($"The connection to b at {network.Address} was lost", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EnumerationAbortedException>(() => next.WaitAsync(Silo.Patience));
        Assert.True(reader.DisposeAsync().AsTask().IsCompleted, "A reader that was told waits for the stopped silo once more.");

        // Its lease is over: what it had runs elsewhere, while it still says nothing.
        cluster.Table.Expire(cluster["b"].Identity.Incarnation);
        await cluster["a"].LookAsync();
        Assert.Equal("a", await cluster["a"].Grains.GetGrain<IPlaced>(placed).Where().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_silo_that_goes_on_after_a_short_stop_answers_what_it_was_asked()
    {
        await using var network = new SiloNetwork();
        await using var cluster = await StartAsync(network);
        var worker = cluster["a"].Grains.GetGrain<IWorker>(cluster.KeyOn("worker", cluster["b"]));
        Assert.Equal(1, await worker.Increment());
        network.Stall();
        var calls = Enumerable.Range(0, 20).Select(_ => worker.Increment()).ToArray();
        Assert.DoesNotContain(calls, c => c.IsCompleted);
        network.Flow();
        Assert.Equal(Enumerable.Range(2, 20), (await Task.WhenAll(calls).WaitAsync(Silo.Patience)).Order());
    }

    /// <summary>Under TLS a stopped silo does not even finish the connection, so that it is known that nothing was sent.</summary>
    [Fact]
    public async Task A_call_that_a_stopped_silo_was_not_sent_is_tried_again()
    {
        using var lines = new LogLines();
        using var authority = new ClusterAuthority("ours");
        await using var network = new SiloNetwork();
        await using var cluster = new TestCluster();
        cluster.Behind("b", network);
        await cluster.AddAsync("b", authority.Certify("b"));
        await cluster.AddAsync("a", o =>
        {
            authority.Certify("a")(o);
            // Longer than the test waits in all, so that the way is not closed in between however slow the machine is.
            (o.ConnectTimeout, o.RetryAfter) = (TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1));
        }, services => services.AddLogging(b => b.SetMinimumLevel(LogLevel.Debug).AddProvider(lines)));
        var placed = cluster["a"].Grains.GetGrain<IPlaced>(cluster.KeyOn("placed", cluster["b"]));
        network.Stall();
        var call = placed.Where();
        await Silo.Until(() => lines.All.Any(l => l.Contains("attempt 1 had no effect", StringComparison.Ordinal)), "the first attempt had failed");
        network.Flow();
        Assert.Equal("b", await call.WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_call_that_was_not_sent_is_tried_again_until_the_network_is_mended()
    {
        var (clock, lines) = (new ManualClock(), new LogLines());
        await using var network = new SiloNetwork();
        await using var cluster = await StartAsync(network, null, services => OnClock(services, clock, lines));
        var key = cluster.KeyOn("placed", cluster["b"]);
        await network.CutAsync();
        var call = cluster["a"].Grains.GetGrain<IPlaced>(key).Where();
        await Silo.Until(() => lines.All.Any(l => l.Contains("attempt 1 had no effect", StringComparison.Ordinal)), "the first attempt had failed");
        network.Mend();
        Assert.Equal("b", await clock.AdvanceUntil(call));
    }

    [Fact]
    public async Task Calls_to_a_silo_whose_port_cannot_be_reached_fail_at_once_after_the_first_and_it_heals_by_itself()
    {
        var (clock, lines) = (new ManualClock(), new LogLines());
        await using var network = new SiloNetwork();
        await using var cluster = await StartAsync(network, null, services => OnClock(services, clock, lines));
        var placed = cluster["a"].Grains.GetGrain<IPlaced>(cluster.KeyOn("placed", cluster["b"]));
        await network.CutAsync();
        var first = await Assert.ThrowsAsync<SiloUnavailableException>(() => clock.AdvanceUntil(placed.Where()));
        Assert.Contains($"has had no effect, after 4 attempts: b at {network.Address} cannot be reached: Connection refused", first.Message, StringComparison.Ordinal);
        Assert.Contains(lines.All, l => l.StartsWith($"Warning: b at {network.Address} cannot be reached: Connection refused", StringComparison.Ordinal));

        // The clock stands: nothing that waits, and nothing that tries, would come to an end.
        network.Mend();
        foreach (var call in Enumerable.Range(0, 100).Select(_ => placed.Where()).ToArray())
        {
            var fault = await Assert.ThrowsAsync<SiloUnavailableException>(() => call.WaitAsync(Silo.Patience));
            Assert.Contains("after 1 attempt: b at", fault.Message, StringComparison.Ordinal);
            Assert.Contains("it is tried every 1 s", fault.Message, StringComparison.Ordinal);
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("b", await placed.Where().WaitAsync(Silo.Patience));
        Assert.Equal("b", await placed.Where().WaitAsync(Silo.Patience));
        Assert.Contains(lines.All, l => l.StartsWith(string.Create(CultureInfo.InvariantCulture, $"Information: b at {network.Address} can be reached again"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_of_a_silo_that_cannot_be_reached_ends_at_once()
    {
        var (clock, lines) = (new ManualClock(), new LogLines());
        await using var network = new SiloNetwork();
        await using var cluster = await StartAsync(network, null, services => OnClock(services, clock, lines));
        await using var reader = cluster["a"].Grains.GetGrain<IStreamer>(cluster.KeyOn("streamer", cluster["b"])).Gated(5).GetAsyncEnumerator();
        cluster.Probe.Open("item 1");
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Silo.Patience));
        await network.CutAsync();
        // The old connection may take the call before it is known to be broken; then its outcome is unknown.
        var fault = await Record.ExceptionAsync(() => clock.AdvanceUntil(cluster["a"].Grains.GetGrain<IPlaced>(cluster.KeyOn("placed", cluster["b"])).Where()));
        Assert.True(fault is SiloUnavailableException or TimeoutException, $"the caller was told {fault}");
        await Assert.ThrowsAsync<EnumerationAbortedException>(() => reader.MoveNextAsync().AsTask().WaitAsync(Silo.Patience));
    }

    private static async Task<TestCluster> StartAsync(SiloNetwork network, Action<TransportOptions>? configure = null, Action<IServiceCollection>? more = null)
    {
        var cluster = new TestCluster();
        cluster.Behind("b", network);
        await cluster.AddAsync("b");
        await cluster.AddAsync("a", configure, more);
        await cluster["b"].LookAsync();
        return cluster;
    }

    private static void OnClock(IServiceCollection services, ManualClock clock, LogLines lines)
    {
        services.AddSingleton<TimeProvider>(clock);
        services.AddLogging(b => b.SetMinimumLevel(LogLevel.Debug).AddProvider(lines));
    }
}
