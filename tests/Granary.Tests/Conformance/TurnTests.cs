using Orleans;

namespace Granary.Tests.Conformance;

/// <summary>Caller and grain on one silo; <see cref="RemoteTurnTests"/> runs the same with a connection between them.</summary>
public class TurnTests : IAsyncDisposable
{
    private readonly Silo _silo;

    public TurnTests() => _silo = Silo.Start();

    private protected TurnTests(Silo silo) => _silo = silo;

    public async ValueTask DisposeAsync()
    {
        foreach (var key in new[] { "w", "a", "b" }) _silo.Probe.Open($"{key} may end");
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task A_call_begins_when_the_one_before_has_completed()
    {
        var worker = _silo.Grains.GetGrain<IWorker>("w");
        var first = worker.Work("first");
        await _silo.Probe.Noted("first begins");
        var second = worker.Work("second");
        _silo.Probe.Open("second");
        Assert.False(second.IsCompleted);
        Assert.DoesNotContain("second begins", _silo.Probe.Notes);
        _silo.Probe.Open("first");
        await Task.WhenAll(first, second).WaitAsync(Silo.Patience);
        Assert.Equal(["w activated", "first begins", "first ends", "second begins", "second ends"], _silo.Probe.Notes);
    }

    [Fact]
    public async Task Many_callers_at_once_lose_no_update()
    {
        var worker = _silo.Grains.GetGrain<IWorker>("w");
        var counts = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => Task.Run(worker.Increment))).WaitAsync(Silo.Patience);
        Assert.Equal(Enumerable.Range(1, 1000), counts.Order());
    }

    [Fact]
    public async Task An_interleaving_call_runs_while_another_waits()
    {
        var worker = _silo.Grains.GetGrain<IWorker>("w");
        var work = worker.Work("first");
        await _silo.Probe.Noted("first begins");
        Assert.Equal("peeked", await worker.Peek().WaitAsync(Silo.Patience));
        _silo.Probe.Open("first");
        await work.WaitAsync(Silo.Patience);
    }

    [Fact]
    public async Task Read_only_calls_share_the_grain_and_a_writer_waits_for_all_of_them()
    {
        var worker = _silo.Grains.GetGrain<IWorker>("w");
        var reads = new[] { worker.Read("one"), worker.Read("two") };
        await _silo.Probe.Noted("one begins");
        await _silo.Probe.Noted("two begins");
        var write = worker.Work("write");
        _silo.Probe.Open("write");
        _silo.Probe.Open("one");
        await reads[0].WaitAsync(Silo.Patience);
        Assert.DoesNotContain("write begins", _silo.Probe.Notes);
        _silo.Probe.Open("two");
        await write.WaitAsync(Silo.Patience);
        Assert.Equal(["two ends", "write begins", "write ends"], _silo.Probe.Notes.TakeLast(3));
    }

    [Fact]
    public async Task A_call_chain_that_comes_back_waits_until_its_deadline()
    {
        var call = _silo.Grains.GetGrain<IWorker>("w").CallSelf();
        await Assert.ThrowsAsync<TimeoutException>(() => _silo.AdvanceUntil(call, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_call_chain_comes_back_through_an_interleaving_method() =>
        Assert.Equal("peeked", await _silo.Grains.GetGrain<IWorker>("a").CallBack("b").WaitAsync(Silo.Patience));

    [Fact]
    public async Task A_background_task_goes_on_on_the_activations_scheduler_and_may_call_the_grain_itself()
    {
        var worker = _silo.Grains.GetGrain<IWorker>("w");
        Assert.True(await worker.StartsBackground("job").WaitAsync(Silo.Patience));
        _silo.Probe.Open("job");
        await _silo.Probe.Noted("job on the scheduler: True");
        await _silo.Probe.Noted("job still on it: True");
        Assert.Equal(2, await worker.Increment().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_value_task_method_answers() => Assert.Equal(42, await _silo.Grains.GetGrain<IWorker>("w").Twice(21));

    [Fact]
    public async Task A_one_way_call_is_run_and_its_failure_is_nobodys()
    {
        await _silo.Grains.GetGrain<IWorker>("w").Tell("told");
        await _silo.Probe.Noted("told");
    }
}
