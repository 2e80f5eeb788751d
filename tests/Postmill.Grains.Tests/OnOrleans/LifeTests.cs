using Orleans.Configuration;
using Orleans.Hosting;

namespace Postmill.Grains.Tests.OnOrleans;

public sealed class LifeTests : OnSilos
{
    private IWorker Worker => Silos.Grains.GetGrain<IWorker>("w");

    private protected override void Configure(ISiloBuilder silo) =>
        silo.Configure<GrainCollectionOptions>(o => (o.CollectionAge, o.CollectionQuantum) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)));

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
    public async Task A_grain_marked_to_stay_stays_when_others_of_its_age_go()
    {
        Silos.Probe.Open("w may end");
        var stays = Silos.Grains.GetGrain<IStays>("s");
        var before = await stays.Activation();
        await Worker.Activation();
        // Orleans looks by our clock, and measures how long nobody called by the real one.
        await Silos.AdvanceUntil(Silos.Probe.Noted("w ended ActivationIdle"), TimeSpan.FromSeconds(1));
        Assert.Equal(before, await stays.Activation());
    }

    [Fact]
    public async Task A_grain_that_cannot_begin_fails_its_callers_and_the_next_call_tries_again()
    {
        var stubborn = Silos.Grains.GetGrain<IStubborn>("s");
        var calls = new[] { stubborn.Hello(), stubborn.Hello() };
        Silos.Probe.Open("begin");
        await Task.WhenAll(calls).WaitAsync(TestSilos.Patience).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.All(calls, call => Assert.True(call.IsCompleted));
        // At least one waited for the first attempt; the other may have been on its way still, and then the next attempt answers it.
        Assert.Contains(calls, call => call.IsFaulted);
        foreach (var call in calls)
        {
            if (call.IsFaulted) Assert.Equal("attempt 1", (await Assert.ThrowsAsync<UnknownWordException>(() => call)).Message);
            else Assert.Equal("hello at attempt 2", await call);
        }
        Assert.Equal("hello at attempt 2", await stubborn.Hello().WaitAsync(TestSilos.Patience));
    }

    [Fact]
    public async Task A_grain_that_takes_too_long_to_begin_fails_its_callers()
    {
        var call = Silos.Grains.GetGrain<IStubborn>("s").Hello();
        await Assert.ThrowsAsync<TimeoutException>(() => Silos.AdvanceUntil(call, TimeSpan.FromSeconds(10)));
    }
}
