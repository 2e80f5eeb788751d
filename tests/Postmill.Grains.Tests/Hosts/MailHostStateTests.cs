using Postmill.Domain.Hosts;
using Postmill.Grains.Hosts;

namespace Postmill.Grains.Tests.Hosts;

public sealed class MailHostStateTests
{
    private static readonly DateTimeOffset Begun = DateTimeOffset.UnixEpoch;
    private readonly MailHostState _state = new();

    [Fact]
    public void Pause_is_what_the_host_asked_for_and_is_over_then()
    {
        _state.Ask(TimeSpan.FromSeconds(40), Begun);
        Assert.Equal(TimeSpan.FromSeconds(30), _state.PauseAt(Begun.AddSeconds(10)));
        Assert.Equal(TimeSpan.Zero, _state.PauseAt(Begun.AddSeconds(40)));
    }

    [Fact]
    public void Ten_that_are_turned_away_at_once_are_one_pause()
    {
        for (var n = 0; n < 10; n++) _state.Ask(TimeSpan.FromSeconds(30), Begun);
        Assert.Equal(TimeSpan.FromSeconds(30), _state.LastPause);
    }

    [Fact]
    public void Pause_that_was_too_short_is_doubled_up_to_the_longest()
    {
        var now = Begun;
        var pauses = new List<double>();
        for (var n = 0; n < 8; n++)
        {
            _state.Ask(HostLimits.FirstWait, now);
            pauses.Add(_state.LastPause.TotalSeconds);
            now += _state.LastPause + TimeSpan.FromSeconds(1);
        }

        Assert.Equal([30, 60, 120, 240, 480, 900, 900, 900], pauses);
    }

    [Fact]
    public void Host_that_was_good_for_a_while_begins_with_a_short_pause_again()
    {
        _state.Ask(TimeSpan.FromSeconds(60), Begun);
        _state.Ask(HostLimits.FirstWait, Begun.AddHours(1));
        Assert.Equal(HostLimits.FirstWait, _state.LastPause);
    }

    [Fact]
    public void Longer_wait_than_is_allowed_is_the_longest()
    {
        _state.Ask(TimeSpan.FromDays(400), Begun);
        Assert.Equal(HostLimits.LongestWait, _state.PauseAt(Begun));
    }

    [Fact]
    public void Capability_is_broken_after_some_lies_and_believed_again_after_a_week()
    {
        for (var n = 1; n <= HostLimits.LiesUntilBroken; n++)
        {
            Assert.Empty(_state.BrokenAt(Begun.AddHours(n)));
            _state.Lie("QRESYNC", at: Begun.AddHours(n), now: Begun.AddHours(n));
        }

        Assert.Equal(["QRESYNC"], _state.BrokenAt(Begun.AddDays(6)));
        Assert.Empty(_state.BrokenAt(Begun.AddDays(8)));
    }

    [Fact]
    public void Lie_that_is_told_again_is_one()
    {
        for (var n = 0; n < 10; n++) _state.Lie("QRESYNC", at: Begun, now: Begun.AddSeconds(n));
        Assert.Single(_state.Lies["QRESYNC"]);
    }

    [Fact]
    public void Wait_that_is_told_again_or_by_others_who_came_before_they_knew_is_not_doubled()
    {
        _state.Ask(TimeSpan.FromSeconds(30), Begun);
        _state.Ask(TimeSpan.FromSeconds(30), Begun);
        _state.Ask(TimeSpan.FromSeconds(30), Begun.AddSeconds(1));
        Assert.Equal((Begun.AddSeconds(31), TimeSpan.FromSeconds(30)), (_state.PausedUntil!.Value, _state.LastPause));
    }

    [Fact]
    public void Lies_of_long_ago_are_not_counted_and_not_kept()
    {
        for (var week = 0; week < 100; week++) _state.Lie("QRESYNC", at: Begun.AddDays(8 * week), now: Begun.AddDays(8 * week));
        Assert.Empty(_state.BrokenAt(Begun.AddDays(8 * 99)));
        Assert.Single(_state.Lies["QRESYNC"]);
        for (var n = 0; n < 100; n++) _state.Lie("QRESYNC", at: Begun.AddDays(8 * 99).AddSeconds(n), now: Begun.AddDays(8 * 99).AddSeconds(n));
        Assert.Equal(HostLimits.LiesUntilBroken, _state.Lies["QRESYNC"].Count);
    }
}
