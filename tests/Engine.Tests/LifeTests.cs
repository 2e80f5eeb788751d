namespace Engine.Tests;

public sealed class LifeTests : OnSilos
{
    private IWorker Worker => Silos.Grains.GetGrain<IWorker>("w");

    private protected override void Release(Probe probe) => probe.Open("w may end");

    [Fact]
    public async Task A_grain_that_leaves_finishes_its_call_and_the_next_one_finds_a_fresh_activation()
    {
        var leave = Worker.Leave("leaving");
        await Silos.Probe.Noted("leaving begins");
        var next = Worker.Activation();
        Silos.Probe.Open("leaving");
        var old = await leave.WaitAsync(TestSilos.Patience);
        await Silos.Probe.Noted("w ended ApplicationRequested");
        Assert.False(next.IsCompleted);
        Assert.Single(Silos.Probe.Notes, "w activated");
        Silos.Probe.Open("w may end");
        Assert.NotEqual(old, await next.WaitAsync(TestSilos.Patience));
    }

    [Fact]
    public async Task An_interleaving_call_is_answered_by_a_leaving_grain_while_its_last_call_runs()
    {
        var leave = Worker.Leave("leaving");
        await Silos.Probe.Noted("leaving begins");
        Assert.Equal("peeked", await Worker.Peek().WaitAsync(TestSilos.Patience));
        Silos.Probe.Open("leaving");
        await leave.WaitAsync(TestSilos.Patience);
    }

    [Fact]
    public async Task An_idle_activation_is_collected_at_its_age_and_not_before()
    {
        Silos.Probe.Open("w may end");
        var first = await Worker.Activation();
        Silos.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(first, await Worker.Activation());
        Silos.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(first, await Worker.Activation());
        Silos.Clock.Advance(TimeSpan.FromMinutes(16));
        await Silos.Probe.Noted("w ended ActivationIdle");
        Assert.NotEqual(first, await Worker.Activation().WaitAsync(TestSilos.Patience));
    }

    [Fact]
    public async Task A_working_activation_is_not_idle()
    {
        var work = Worker.Work("long");
        await Silos.Probe.Noted("long begins");
        Silos.Clock.Advance(TimeSpan.FromHours(1));
        Silos.Probe.Open("long");
        await Silos.Probe.Noted("long ends");
        await Worker.Activation();
        Assert.DoesNotContain("w ended ActivationIdle", Silos.Probe.Notes);
        await Assert.ThrowsAsync<TimeoutException>(() => work);
    }

    [Fact]
    public async Task A_grain_marked_to_stay_stays_and_one_with_its_own_age_goes_at_it()
    {
        var (stays, brief) = (Silos.Grains.GetGrain<IStays>("s"), Silos.Grains.GetGrain<IBrief>("b"));
        var (one, two) = (await stays.Activation(), await brief.Activation());
        Silos.Clock.Advance(TimeSpan.FromMinutes(3));
        await Silos.Probe.Noted("brief ended");
        Assert.NotEqual(two, await brief.Activation());
        Silos.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(one, await stays.Activation());
    }

    [Fact]
    public async Task A_delayed_end_is_delayed()
    {
        var brief = Silos.Grains.GetGrain<IBrief>("b");
        var first = await brief.Stay(TimeSpan.FromMinutes(30));
        Silos.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(first, await brief.Activation());
        Silos.Clock.Advance(TimeSpan.FromMinutes(5));
        await Silos.Probe.Noted("brief ended");
    }

    [Fact]
    public async Task A_grain_that_cannot_begin_fails_its_callers_and_the_next_call_tries_again()
    {
        var stubborn = Silos.Grains.GetGrain<IStubborn>("s");
        var calls = new[] { stubborn.Hello(), stubborn.Hello() };
        Silos.Probe.Open("begin");
        foreach (var call in calls)
            Assert.Equal("attempt 1", (await Assert.ThrowsAsync<UnknownWordException>(() => call.WaitAsync(TestSilos.Patience))).Message);
        Assert.Equal("hello at attempt 2", await stubborn.Hello().WaitAsync(TestSilos.Patience));
    }

    [Fact]
    public async Task A_grain_that_takes_too_long_to_begin_fails_its_callers()
    {
        var call = Silos.Grains.GetGrain<IStubborn>("s").Hello();
        await Assert.ThrowsAsync<TimeoutException>(() => Silos.AdvanceUntil(call, TimeSpan.FromSeconds(10)));
    }
}
