using Granary.Drain;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime;

namespace Granary.Tests.Drain;

public sealed class DrainTests : IAsyncDisposable
{
    private readonly Silo _silo = Silo.Start();

    private ISiloDrain Drain => _silo.Services.GetRequiredService<ISiloDrain>();

    public ValueTask DisposeAsync() => _silo.DisposeAsync();

    [Fact]
    public async Task The_stages_run_in_order_whatever_the_order_of_registration_and_a_failure_holds_up_nothing()
    {
        var seen = new List<string>();
        foreach (var stage in Enum.GetValues<SiloDrainStage>().Reverse())
            Drain.Register(stage, "test", _ =>
            {
                seen.Add(stage.ToString());
                return stage == SiloDrainStage.Sweeps ? throw new InvalidOperationException("Not today.") : Task.CompletedTask;
            });
        await Drain.RunAsync().WaitAsync(Silo.Patience);
        Assert.Equal(Enum.GetNames<SiloDrainStage>(), seen);
    }

    [Fact]
    public async Task A_slow_part_is_left_behind_when_its_time_is_up()
    {
        Drain.Register(SiloDrainStage.Readiness, "never", _ => new TaskCompletionSource().Task);
        await _silo.AdvanceUntil(Drain.RunAsync(), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Queued_calls_finish_then_activations_end_and_new_calls_are_refused()
    {
        await StartAsync();
        var worker = _silo.Grains.GetGrain<IWorker>("w");
        var (first, second) = (worker.Work("first"), worker.Work("second"));
        await _silo.Probe.Noted("first begins");
        var drained = Drain.RunAsync();
        await _silo.AdvanceUntil(Refused(worker), TimeSpan.FromMilliseconds(1));
        _silo.Probe.Open("first");
        _silo.Probe.Open("second");
        _silo.Probe.Open("w may end");
        await drained.WaitAsync(Silo.Patience);
        Assert.Equal("first second", $"{await first} {await second}");
        Assert.Equal("w ended ShuttingDown", _silo.Probe.Notes[^1]);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => worker.Increment());
    }

    [Fact]
    public async Task A_grain_still_reaches_another_while_the_silo_drains()
    {
        await StartAsync();
        var worker = _silo.Grains.GetGrain<IWorker>("w");
        var first = worker.Work("first");
        await _silo.Probe.Noted("first begins");
        var chain = worker.CallBack("other");
        var drained = Drain.RunAsync();
        await _silo.AdvanceUntil(Refused(worker), TimeSpan.FromMilliseconds(1));
        foreach (var gate in new[] { "first", "w may end", "other may end" }) _silo.Probe.Open(gate);
        Assert.Equal("peeked", await chain.WaitAsync(Silo.Patience));
        await drained.WaitAsync(Silo.Patience);
        await first;
    }

    [Fact]
    public async Task A_call_that_never_ends_does_not_hold_up_the_silo_for_ever()
    {
        await StartAsync();
        var work = _silo.Grains.GetGrain<IWorker>("w").Work("never");
        await _silo.Probe.Noted("never begins");
        await _silo.AdvanceUntil(Drain.RunAsync(), TimeSpan.FromSeconds(1));
        Assert.DoesNotContain("w ended ShuttingDown", _silo.Probe.Notes);
        _silo.Probe.Open("never");
        await work.WaitAsync(Silo.Patience).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private async Task StartAsync()
    {
        foreach (var service in _silo.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>()) await service.StartingAsync(CancellationToken.None);
    }

    /// <summary>Completes when the silo no longer takes calls from outside.</summary>
    private static async Task Refused(IWorker worker)
    {
        while (true)
        {
            try
            {
                await worker.Peek();
                await Task.Yield();
            }
            catch (SiloUnavailableException)
            {
                return;
            }
        }
    }
}
