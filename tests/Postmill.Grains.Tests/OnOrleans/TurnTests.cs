
namespace Postmill.Grains.Tests.OnOrleans;

/// <summary>Caller and grain on one silo; <see cref="RemoteTurnTests"/> runs the same with a connection between them.</summary>
public class TurnTests : OnSilos
{
    public TurnTests() { }

    private protected TurnTests(Layout layout) : base(layout) { }

    private protected override void Release(Probe probe)
    {
        foreach (var key in new[] { "w", "a", "b" }) probe.Open($"{key} may end");
    }

    [Fact]
    public async Task A_call_begins_when_the_one_before_has_completed()
    {
        var worker = Silos.Grains.GetGrain<IWorker>("w");
        var first = worker.Work("first");
        await Silos.Probe.Noted("first begins");
        var second = worker.Work("second");
        Silos.Probe.Open("second");
        Assert.False(second.IsCompleted);
        Assert.DoesNotContain("second begins", Silos.Probe.Notes);
        Silos.Probe.Open("first");
        await Task.WhenAll(first, second).WaitAsync(TestSilos.Patience);
        Assert.Equal(["w activated", "first begins", "first ends", "second begins", "second ends"], Silos.Probe.Notes);
    }

    [Fact]
    public async Task Many_callers_at_once_lose_no_update()
    {
        var worker = Silos.Grains.GetGrain<IWorker>("w");
        var counts = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(worker.Increment))).WaitAsync(TestSilos.Patience);
        Assert.Equal(Enumerable.Range(1, 1000), counts.Order());
    }

    [Fact]
    public async Task An_interleaving_call_runs_while_another_waits()
    {
        var worker = Silos.Grains.GetGrain<IWorker>("w");
        var work = worker.Work("first");
        await Silos.Probe.Noted("first begins");
        Assert.Equal("peeked", await worker.Peek().WaitAsync(TestSilos.Patience));
        Silos.Probe.Open("first");
        await work.WaitAsync(TestSilos.Patience);
    }

    [Fact]
    public async Task A_background_task_goes_on_on_the_activations_scheduler_and_may_call_the_grain_itself()
    {
        var worker = Silos.Grains.GetGrain<IWorker>("w");
        Assert.True(await worker.StartsBackground("job").WaitAsync(TestSilos.Patience));
        Silos.Probe.Open("job");
        await Silos.Probe.Noted("job on the scheduler: True");
        await Silos.Probe.Noted("job still on it: True");
        Assert.Equal(2, await worker.Increment().WaitAsync(TestSilos.Patience));
    }

    [Fact]
    public async Task A_one_way_call_is_run_and_its_failure_is_nobodys()
    {
        await Silos.Grains.GetGrain<IWorker>("w").Tell("told");
        await Silos.Probe.Noted("told");
    }
}
