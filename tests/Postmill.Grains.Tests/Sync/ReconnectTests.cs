using Postmill.Domain.Sync;
using Postmill.Grains.Sync;
using Postmill.Testing;

namespace Postmill.Grains.Tests.Sync;

public sealed class ReconnectTests
{
    private readonly ManualClock _clock = new();
    private readonly SyncOptions _options = new() { ReconnectFirstSeconds = 1, ReconnectMostSeconds = 60, StableAfterSeconds = 120 };
    private readonly Reconnect _reconnect;

    public ReconnectTests() => _reconnect = new Reconnect(_options, _clock, new Random(7));

    [Fact]
    public void Nothing_is_opened_by_itself_before_anything_was_lost() => Assert.Equal(Timeout.InfiniteTimeSpan, _reconnect.Wait);

    [Fact]
    public void Each_loss_doubles_the_wait_up_to_the_longest_with_at_most_half_as_jitter()
    {
        foreach (var ceiling in new[] { 1, 2, 4, 8, 16, 32, 60, 60, 60.0 })
        {
            Open(stoodFor: TimeSpan.FromSeconds(5));
            Assert.InRange(_reconnect.Wait.TotalSeconds, ceiling / 2, ceiling);
        }
    }

    [Fact]
    public void Only_a_connection_that_stood_long_enough_makes_the_wait_short_again()
    {
        for (var i = 0; i < 5; i++) Open(stoodFor: TimeSpan.FromSeconds(119));
        Assert.True(_reconnect.Wait > TimeSpan.FromSeconds(7));
        Open(stoodFor: TimeSpan.FromSeconds(120));
        Assert.InRange(_reconnect.Wait.TotalSeconds, 0.5, 1);
    }

    [Fact]
    public void Opening_that_fails_counts_as_a_loss()
    {
        for (var i = 0; i < 4; i++) _reconnect.Refused(new SyncFailure(SyncFailure.Unreachable, "no route"));
        Assert.InRange(_reconnect.Wait.TotalSeconds, 4, 8);
    }

    [Fact]
    public void Refused_password_leaves_the_next_try_to_the_schedule()
    {
        Open(stoodFor: TimeSpan.FromSeconds(5));
        _reconnect.Refused(new SyncFailure(SyncFailure.AuthFailed, "no"));
        Assert.Equal(Timeout.InfiniteTimeSpan, _reconnect.Wait);
    }

    [Fact]
    public void Waits_of_many_accounts_are_spread()
    {
        var waits = Enumerable.Range(0, 200).Select(seed =>
        {
            var reconnect = new Reconnect(_options, _clock, new Random(seed));
            reconnect.Lost();
            return reconnect.Wait.TotalSeconds;
        }).ToList();
        Assert.True(waits.Max() - waits.Min() > 0.4);
        Assert.True(waits.Distinct().Count() > 150);
    }

    [Fact]
    public void Thousands_of_losses_overflow_nothing()
    {
        for (var i = 0; i < 5_000; i++) _reconnect.Lost();
        Assert.InRange(_reconnect.Wait.TotalSeconds, 30, 60);
    }

    private void Open(TimeSpan stoodFor)
    {
        _reconnect.Tried();
        _reconnect.Opened();
        _clock.Advance(stoodFor);
        _reconnect.Lost();
    }
}
