namespace Engine.Tests;

public sealed class TimerTests : OnSilos
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private ITicker Ticker => Silos.Grains.GetGrain<ITicker>("t");

    private int Ticks(string name) => Silos.Probe.Notes.Count(n => n == name);

    /// <summary>A tick's turn is over when a call after it has run.</summary>
    private async Task Settled()
    {
        Silos.Probe.Open("settled");
        await Ticker.Hold("settled").WaitAsync(TestSilos.Patience);
    }

    [Fact]
    public async Task A_timer_ticks_when_due_and_then_each_period()
    {
        await Ticker.Start("tick", Second, 2 * Second, interleave: false, keepAlive: false);
        Silos.Clock.Advance(Second / 2);
        await Ticker.Activation();
        Assert.Equal(0, Ticks("tick"));
        Silos.Clock.Advance(Second / 2);
        await Silos.Probe.Noted("tick done");
        await Settled();
        Silos.Clock.Advance(2 * Second);
        await Silos.Probe.Noted("tick done");
        Assert.Equal(2, Ticks("tick"));
    }

    [Fact]
    public async Task A_tick_waits_for_the_running_call()
    {
        await Ticker.Start("tick", Second, Timeout.InfiniteTimeSpan, interleave: false, keepAlive: false);
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
    public async Task An_interleaving_tick_does_not_wait()
    {
        await Ticker.Start("tick", Second, Timeout.InfiniteTimeSpan, interleave: true, keepAlive: false);
        var hold = Ticker.Hold("call");
        await Silos.Probe.Noted("call held");
        Silos.Clock.Advance(Second);
        await Silos.Probe.Noted("tick done");
        Silos.Probe.Open("call");
        await hold.WaitAsync(TestSilos.Patience);
    }

    [Fact]
    public async Task The_period_runs_from_the_end_of_a_tick_and_ticks_do_not_pile_up()
    {
        await Ticker.Start("waits", Second, Second, interleave: false, keepAlive: false);
        Silos.Clock.Advance(Second);
        await Silos.Probe.Noted("waits");
        Silos.Clock.Advance(10 * Second);
        Silos.Probe.Open("tick");
        await Silos.Probe.Noted("waits done");
        await Settled();
        Assert.Equal(1, Ticks("waits"));
        Silos.Clock.Advance(Second);
        await Silos.Probe.Noted("waits done");
    }

    [Fact]
    public async Task A_failing_tick_ends_neither_the_timer_nor_the_activation()
    {
        var before = await Ticker.Activation();
        await Ticker.Start("fails", Second, Second, interleave: false, keepAlive: false);
        Silos.Clock.Advance(Second);
        await Silos.Probe.Noted("fails");
        await Silos.AdvanceUntil(Silos.Probe.Noted("fails"), Second);
        Assert.Equal(before, await Ticker.Activation());
    }

    [Fact]
    public async Task A_stopped_timer_cancels_its_running_tick_and_ticks_no_more()
    {
        await Ticker.Start("is cancelled", Second, Second, interleave: true, keepAlive: false);
        Silos.Clock.Advance(Second);
        await Silos.Probe.Noted("is cancelled");
        await Ticker.Stop("is cancelled");
        await Silos.Probe.Noted("was cancelled");
        Silos.Clock.Advance(10 * Second);
        await Ticker.Activation();
        Assert.Equal(1, Ticks("is cancelled"));
    }

    [Fact]
    public async Task A_timer_set_anew_forgets_its_old_times()
    {
        await Ticker.Start("tick", 100 * Second, 100 * Second, interleave: false, keepAlive: false);
        await Ticker.Change("tick", Second, Timeout.InfiniteTimeSpan);
        Silos.Clock.Advance(Second);
        await Silos.Probe.Noted("tick done");
        Silos.Clock.Advance(300 * Second);
        await Ticker.Activation();
        Assert.Equal(1, Ticks("tick"));
    }

    [Theory]
    [InlineData(false, "ended ActivationIdle")]
    [InlineData(true, null)]
    public async Task Ticks_keep_an_activation_only_if_they_say_so(bool keepAlive, string? end)
    {
        var before = await Ticker.Activation();
        await Ticker.Start("tick", Second, 60 * Second, interleave: false, keepAlive);
        for (var minute = 0; minute < 20 && !Silos.Probe.Notes.Contains("ended ActivationIdle"); minute++)
        {
            var tick = Silos.Probe.Noted("tick done");
            await Silos.AdvanceUntil(tick.WaitAsync(TimeSpan.FromMinutes(3), Silos.Clock).ContinueWith(_ => { }, TaskScheduler.Default), 10 * Second);
        }

        Assert.Equal(end is not null, Silos.Probe.Notes.Contains("ended ActivationIdle"));
        Assert.Equal(end is null, before == await Ticker.Activation());
    }
}
