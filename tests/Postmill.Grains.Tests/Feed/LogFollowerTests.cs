using System.Threading.Channels;
using Postmill.Grains.Feed;
using Postmill.Testing;

namespace Postmill.Grains.Tests.Feed;

public sealed class LogFollowerTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ManualClock _clock = new();
    private readonly ListedLog _log = new();
    private readonly CancellationTokenSource _end = new();
    private readonly LogFollower _follower;

    public LogFollowerTests() => _follower = new LogFollower(_log, Guid.NewGuid(), _clock, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _end.Dispose();
    }

    [Fact]
    public async Task What_is_in_the_log_comes_first_and_in_order()
    {
        _log.Append(5);
        var seen = Follow(after: 2);
        Assert.Equal([3, 4, 5], await TakeAsync(seen, 3));
    }

    [Fact]
    public async Task An_advance_is_delivered_without_the_clock_moving()
    {
        var seen = Follow(after: 0);
        await _log.ReadToEndAsync(0);
        _follower.Advanced(_log.Append());
        Assert.Equal([1], await TakeAsync(seen, 1));
    }

    [Fact]
    public async Task A_lost_wake_up_costs_one_poll()
    {
        var seen = Follow(after: 0);
        await _log.ReadToEndAsync(0);
        _log.Append();
        // The follower may be between its read and its wait; the clock ticks until it has looked again.
        var first = seen.ReadAsync().AsTask();
        while (!first.IsCompleted)
        {
            _clock.Advance(FeedLimits.Poll);
            await Task.Yield();
        }
        Assert.Equal(1, await first.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_doubled_or_early_wake_up_delivers_nothing_twice()
    {
        var seen = Follow(after: 0);
        await _log.ReadToEndAsync(0);
        _follower.Advanced(9);
        _log.Append();
        _follower.Advanced(9);
        _follower.Advanced(10);
        Assert.Equal([1], await TakeAsync(seen, 1));
        _log.Append();
        _follower.Advanced(11);
        Assert.Equal([2], await TakeAsync(seen, 1));
        Assert.False(seen.TryRead(out _));
    }

    [Fact]
    public async Task A_long_log_is_read_in_bounded_pages()
    {
        const int many = (FeedLimits.PageEvents * 3) + 7;
        _log.Append(many);
        var seen = Follow(after: 0);
        Assert.Equal(Enumerable.Range(1, many).Select(seq => (long)seq), await TakeAsync(seen, many));
        Assert.Equal(FeedLimits.PageEvents, _log.LargestPage);
    }

    [Fact]
    public async Task Several_followers_each_get_everything()
    {
        var one = Follow(after: 0);
        var two = Follow(after: 0);
        _follower.Advanced(_log.Append(3));
        Assert.Equal([1, 2, 3], await TakeAsync(one, 3));
        Assert.Equal([1, 2, 3], await TakeAsync(two, 3));
    }

    [Fact]
    public async Task Cancelling_ends_a_waiting_follower()
    {
        var seen = Follow(after: 0);
        await _log.ReadToEndAsync(0);
        await _end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => seen.Completion.WaitAsync(Patience));
    }

    private ChannelReader<long> Follow(long after)
    {
        var seen = Channel.CreateUnbounded<long>();
        _ = Task.Run(async () =>
        {
            try
            {
                await foreach (var entry in _follower.FollowAsync(after, _end.Token)) seen.Writer.TryWrite(entry.Seq);
                seen.Writer.Complete();
            }
            catch (OperationCanceledException cancelled)
            {
                seen.Writer.Complete(cancelled);
            }
        });
        return seen.Reader;
    }

    private static async Task<List<long>> TakeAsync(ChannelReader<long> seen, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        var taken = new List<long>();
        while (taken.Count < count) taken.Add(await seen.ReadAsync(patience.Token));
        return taken;
    }
}
