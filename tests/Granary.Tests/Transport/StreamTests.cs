using Orleans.Runtime;

namespace Granary.Tests.Transport;

public sealed class StreamTests
{
    [Fact]
    public async Task All_items_arrive_in_order_from_the_other_silo()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var items = new List<int>();
        await foreach (var item in Streamer(cluster).Count(1234)) items.Add(item);
        Assert.Equal(Enumerable.Range(1, 1234), items);
        await cluster.Probe.Noted("producer ended");
    }

    [Fact]
    public async Task A_producer_does_not_run_ahead_of_a_reader_on_another_silo()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        var streamer = Streamer(cluster);
        await using var reader = streamer.Count(1_000_000).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        Assert.InRange(await streamer.Produced(), 1, 101);
    }

    [Fact]
    public async Task A_cancelled_reader_ends_the_producer_on_the_other_silo()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        using var cancel = new CancellationTokenSource();
        await using var reader = Streamer(cluster).Gated(5, cancel.Token).GetAsyncEnumerator();
        var first = reader.MoveNextAsync().AsTask();
        await cluster.Probe.Noted("before 1");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Silo.Patience));
        await reader.DisposeAsync();
        await cluster.Probe.Noted("producer ended");
    }

    [Fact]
    public async Task A_waiting_reader_learns_that_the_silo_of_its_stream_was_lost()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        await using var reader = Streamer(cluster).Gated(5).GetAsyncEnumerator();
        cluster.Probe.Open("item 1");
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Silo.Patience));
        var second = reader.MoveNextAsync().AsTask();
        await cluster.Probe.Noted("before 2");
        await cluster["b"].CutAsync();
        await Assert.ThrowsAsync<EnumerationAbortedException>(() => second.WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_reader_that_comes_back_after_its_silo_was_lost_is_told_so_and_no_other_silo_begins_in_the_middle()
    {
        await using var cluster = await TestCluster.StartAsync("a", "b");
        await using var reader = Streamer(cluster).Gated(5).GetAsyncEnumerator();
        cluster.Probe.Open("item 1");
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Silo.Patience));
        await cluster["b"].CutAsync();
        cluster.Table.Expire(cluster["b"].Identity.Incarnation);
        await cluster["a"].LookAsync();
        await Assert.ThrowsAsync<EnumerationAbortedException>(() => reader.MoveNextAsync().AsTask().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_reader_beside_its_grain_is_told_when_their_silo_loses_its_lease()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        await using var reader = cluster["a"].Grains.GetGrain<IStreamer>("s").Gated(5).GetAsyncEnumerator();
        cluster.Probe.Open("item 1");
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Silo.Patience));
        cluster.Table.Open = false;
        cluster.Table.Expire(cluster["a"].Identity.Incarnation);
        await cluster["a"].LookAsync();
        await cluster.Probe.Noted("producer ended");
        await Assert.ThrowsAsync<EnumerationAbortedException>(() => reader.MoveNextAsync().AsTask().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_reader_is_told_when_the_grain_moves()
    {
        await using var cluster = await TestCluster.StartAsync("a");
        var future = await cluster.AddAsync("b");
        await using var reader = cluster["a"].Grains.GetGrain<IStreamer>(cluster.KeyOn("streamer", future)).Gated(5).GetAsyncEnumerator();
        var first = reader.MoveNextAsync().AsTask();
        await cluster.Probe.Noted("before 1");
        await cluster["a"].LookAsync();
        await Assert.ThrowsAsync<EnumerationAbortedException>(() => first.WaitAsync(Silo.Patience));
    }

    private static IStreamer Streamer(TestCluster cluster) => cluster["a"].Grains.GetGrain<IStreamer>(cluster.KeyOn("streamer", cluster["b"]));
}
