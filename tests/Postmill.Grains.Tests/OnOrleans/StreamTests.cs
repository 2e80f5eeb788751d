using Orleans.Runtime;

namespace Postmill.Grains.Tests.OnOrleans;

/// <summary>Caller and grain on one silo; <see cref="RemoteStreamTests"/> runs the same with a connection between them.</summary>
public class StreamTests : OnSilos
{
    public StreamTests() { }

    private protected StreamTests(Layout layout) : base(layout) { }

    private IStreamer Streamer => Silos.Grains.GetGrain<IStreamer>("s");

    [Fact]
    public async Task All_items_arrive_in_order_over_many_batches()
    {
        var items = new List<int>();
        await foreach (var item in Streamer.Count(1234)) items.Add(item);
        Assert.Equal(Enumerable.Range(1, 1234), items);
        await Silos.Probe.Noted("producer ended");
    }

    [Fact]
    public async Task A_reader_that_waits_holds_up_no_call_and_a_call_no_reader()
    {
        await using var reader = Streamer.Gated(2).GetAsyncEnumerator();
        var first = reader.MoveNextAsync().AsTask();
        await Silos.Probe.Noted("before 1");
        Assert.Equal(0, await Streamer.Produced().WaitAsync(TestSilos.Patience));
        var hold = Streamer.Hold("call");
        await Silos.Probe.Noted("call held");
        Silos.Probe.Open("item 1");
        Assert.True(await first.WaitAsync(TestSilos.Patience));
        Silos.Probe.Open("call");
        await hold.WaitAsync(TestSilos.Patience);
    }

    [Fact]
    public async Task A_producer_does_not_run_ahead_of_a_reader_that_stops_reading()
    {
        await using var reader = Streamer.Count(1_000_000).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        Assert.InRange(await Streamer.Produced(), 1, 101);
        Assert.Equal(1, reader.Current);
    }

    [Fact]
    public async Task A_cancelled_reader_ends_the_producer()
    {
        using var cancel = new CancellationTokenSource();
        await using var reader = Streamer.Gated(5, cancel.Token).GetAsyncEnumerator();
        var first = reader.MoveNextAsync().AsTask();
        await Silos.Probe.Noted("before 1");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(TestSilos.Patience));
        await reader.DisposeAsync();
        await Silos.Probe.Noted("producer ended");
    }

    [Fact]
    public async Task A_reader_that_leaves_early_ends_the_producer()
    {
        await foreach (var item in Streamer.Count(1_000_000))
            if (item == 3) break;
        await Silos.Probe.Noted("producer ended");
    }

    [Fact]
    public async Task A_failure_comes_after_the_items_before_it_and_keeps_its_type()
    {
        var items = new List<int>();
        await Assert.ThrowsAsync<UnknownWordException>(async () =>
        {
            await foreach (var item in Streamer.Failing(3)) items.Add(item);
        });
        Assert.Equal([1, 2, 3], items);
    }

    [Fact]
    public async Task A_reader_that_comes_back_after_the_activation_ended_is_told_so()
    {
        await using var reader = Streamer.Gated(5).GetAsyncEnumerator();
        Silos.Probe.Open("item 1");
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(TestSilos.Patience));
        await Streamer.Leave();
        await Silos.Probe.Noted("producer ended");
        await Assert.ThrowsAsync<EnumerationAbortedException>(() => reader.MoveNextAsync().AsTask().WaitAsync(TestSilos.Patience));
    }

    [Fact]
    public async Task A_stream_nobody_reads_from_is_ended_and_its_reader_told_when_it_comes_back()
    {
        await using var reader = Streamer.Gated(5).GetAsyncEnumerator();
        Silos.Probe.Open("item 1");
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(TestSilos.Patience));
        await Silos.AdvanceUntil(Silos.Probe.Noted("producer ended"), TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<EnumerationAbortedException>(() => reader.MoveNextAsync().AsTask().WaitAsync(TestSilos.Patience));
    }
}
