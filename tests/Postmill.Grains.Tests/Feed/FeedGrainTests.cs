using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Postmill.Domain.Feed;
using Postmill.Grains.Feed;
using Postmill.Grains.Tests.OnOrleans;

namespace Postmill.Grains.Tests.Feed;

/// <summary>The grain on three silos of Orleans, followed from outside of them as a front does, and from beside it.</summary>
public sealed class FeedGrainTests() : OnSilos(Layout.Three)
{
    private readonly Guid _user = Guid.NewGuid();
    private readonly ListedLog _log = new();

    private IFeedGrain Feed => Silos.Grains.Feed(_user);

    private protected override void Configure(ISiloBuilder silo) => silo.Services.AddSingleton<IFeedLog>(_log);

    [Fact]
    public async Task A_follower_gets_what_is_there_in_order_and_then_what_comes()
    {
        _log.Append(1_234);
        await using var events = Feed.Follow(0, CancellationToken.None).GetAsyncEnumerator();
        await AssertNextAsync(events, 1, 1_234);
        await Feed.Advanced(_log.Append(3));
        await AssertNextAsync(events, 1_235, 1_237);
    }

    [Fact]
    public async Task A_follower_whose_silo_dies_is_told_and_follows_again_from_its_last_number()
    {
        _log.Append(5);
        await Feed.Where();
        var home = await Silos.WhereAsync(Feed);
        var beside = Silos.Beside(home).Feed(_user);
        await using var events = beside.Follow(0, CancellationToken.None).GetAsyncEnumerator();
        await AssertNextAsync(events, 1, 5);
        var next = events.MoveNextAsync().AsTask();
        await Silos.KillAsync(home);
        var fault = await Record.ExceptionAsync(() => next.WaitAsync(TestSilos.Patience));
        Assert.True(fault is EnumerationAbortedException or OrleansException, $"the follower was told {fault}");

        _log.Append(2);
        await using var again = await TestSilos.Answered(async () =>
        {
            var follower = beside.Follow(5, CancellationToken.None).GetAsyncEnumerator();
            Assert.True(await follower.MoveNextAsync());
            return follower;
        });
        Assert.Equal(6, again.Current.Seq);
        await AssertNextAsync(again, 7, 7);
    }

    [Fact]
    public async Task A_silo_that_leaves_lets_its_followers_go_and_waits_for_none_of_them()
    {
        _log.Append(1);
        await using var events = Feed.Follow(0, CancellationToken.None).GetAsyncEnumerator();
        await AssertNextAsync(events, 1, 1);
        var next = events.MoveNextAsync().AsTask();
        await _log.ReadToEndAsync(1);
        await Silos.LeaveAsync(await Silos.WhereAsync(Feed)).WaitAsync(TestSilos.Patience);
        Assert.False(await next.WaitAsync(TestSilos.Patience));
    }

    private static async Task AssertNextAsync(IAsyncEnumerator<FeedEvent> events, long first, long last)
    {
        for (var seq = first; seq <= last; seq++)
        {
            Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(TestSilos.Patience));
            Assert.Equal(seq, events.Current.Seq);
        }
    }
}
