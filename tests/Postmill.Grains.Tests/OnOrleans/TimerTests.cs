namespace Postmill.Grains.Tests.OnOrleans;

public sealed class TimerTests : OnSilos
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private ITicker Ticker => Silos.Grains.GetGrain<ITicker>("t");

    private int Ticks(string name) => Silos.Probe.Notes.Count(n => n == name);

    [Fact]
    public async Task A_tick_waits_for_the_running_call()
    {
        await Ticker.Start("tick", Second, Timeout.InfiniteTimeSpan);
        var hold = Ticker.Hold("call");
        await Silos.Probe.Noted("call held");
        Silos.Clock.Advance(Second);
        await Ticker.Activation();
        Assert.Equal(0, Ticks("tick"));
        Silos.Probe.Open("call");
        await hold.WaitAsync(TestSilos.Patience);
        await Silos.Probe.Noted("tick done");
    }

    [Fact]
    public async Task A_failing_tick_ends_neither_the_timer_nor_the_activation()
    {
        var before = await Ticker.Activation();
        await Ticker.Start("fails", Second, Second);
        Silos.Clock.Advance(Second);
        await Silos.Probe.Noted("fails");
        await Silos.AdvanceUntil(Silos.Probe.Noted("fails"), Second);
        Assert.Equal(before, await Ticker.Activation());
    }

    [Fact]
    public async Task A_stopped_timer_ticks_no_more()
    {
        await Ticker.Start("tick", Second, Second);
        Silos.Clock.Advance(Second);
        await Silos.Probe.Noted("tick done");
        await Ticker.Stop("tick");
        Silos.Clock.Advance(10 * Second);
        await Ticker.Activation();
        Assert.Equal(1, Ticks("tick"));
    }
}
