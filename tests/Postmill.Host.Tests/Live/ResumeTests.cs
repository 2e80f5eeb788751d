using Microsoft.Extensions.DependencyInjection;
using Postmill.Adapters.Postgres.Feed;

namespace Postmill.Host.Tests.Live;

/// <summary>Hard cases 54 and 55.</summary>
public sealed class ResumeTests : IAsyncLifetime
{
    private LiveHost _host = null!;

    public async Task InitializeAsync() => _host = await LiveHost.StartAsync(("CatchUpPage", "64"), ("QueueFrames", "32"));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Five_hundred_events_missed_are_replayed_in_order_once_then_live_without_a_seam()
    {
        await using (var before = await _host.ConnectAsync(after: 0))
        {
            await _host.PublishAsync(1, 3);
            Assert.Equal([1, 2, 3], await before.NumbersAsync(3));
        }
        await _host.PublishAsync(4, 500);
        await using var client = await _host.ConnectAsync(after: 3);
        Assert.Equal(Enumerable.Range(4, 500), await client.NumbersAsync(500));
        await client.AssertSilentAsync();
        await _host.PublishAsync(504, 1);
        Assert.Equal([504], await client.NumbersAsync(1));
    }

    [Fact]
    public async Task Seq_is_the_last_field_of_each_frame_and_what_is_given_back_as_after()
    {
        await _host.PublishAsync("""{"type":"test","n":1}""", "{}");
        await using var client = await _host.ConnectAsync(after: 0);
        Assert.Equal("""{"type":"test","n":1,"seq":1}""", await client.NextAsync());
        Assert.Equal("""{"seq":2}""", await client.NextAsync());
    }

    [Fact]
    public async Task Reconnecting_in_the_middle_of_a_publish_storm_loses_nothing_and_repeats_nothing()
    {
        const int storm = 2_000;
        var publishing = PublishStormAsync(storm);
        var seen = new List<int>();
        while (seen.Count < storm)
        {
            await using var client = await _host.ConnectAsync(after: seen.Count);
            seen.AddRange(await client.NumbersAsync(Math.Min(137, storm - seen.Count)));
        }
        await publishing;
        Assert.Equal(Enumerable.Range(1, storm), seen);
        await using var last = await _host.ConnectAsync(after: storm);
        await last.AssertSilentAsync();
    }

    [Fact]
    public async Task Below_the_floor_the_client_is_told_to_begin_anew_and_then_hears_what_is_live()
    {
        await _host.PublishAsync(1, 5);
        await _host.Host.Services.GetRequiredService<FeedPruner>().PruneAsync(TimeProvider.System.GetUtcNow().AddMinutes(1), CancellationToken.None);
        await _host.PublishAsync(6, 1);
        await using var lost = await _host.ConnectAsync(after: 4);
        Assert.Equal("""{"type":"resync_required","seq":6}""", await lost.NextAsync());
        await using var whole = await _host.ConnectAsync(after: 5);
        Assert.Equal([6], await whole.NumbersAsync(1));
        await _host.PublishAsync(7, 1);
        Assert.Equal([7], await lost.NumbersAsync(1));
        Assert.Equal([7], await whole.NumbersAsync(1));
    }

    [Fact]
    public async Task A_place_in_the_future_is_answered_with_resync_and_the_true_end()
    {
        await _host.PublishAsync(1, 2);
        await using var client = await _host.ConnectAsync(after: 3);
        Assert.Equal("""{"type":"resync_required","seq":2}""", await client.NextAsync());
        await _host.PublishAsync(3, 1);
        Assert.Equal("""{"type":"test","n":3,"pad":"","seq":3}""", await client.NextAsync());
    }

    [Fact]
    public async Task A_wake_up_that_is_lost_delays_an_event_and_does_not_lose_it()
    {
        await using var client = await _host.ConnectAsync();
        await client.AssertSilentAsync();
        await _host.AppendAsync(LiveHost.Frame(1));
        Assert.Equal([1], await client.NumbersAsync(1));
    }

    private async Task PublishStormAsync(int count)
    {
        for (var n = 1; n <= count; n += 10) await _host.PublishAsync(n, 10);
    }
}
