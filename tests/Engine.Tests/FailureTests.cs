using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Engine.Tests;

public sealed class FailureTests : OnSilos
{
    private protected override void Configure(IServiceCollection services) => services.Configure<SiloMessagingOptions>(o => o.MaxEnqueuedRequestsHardLimit = 3);

    private protected override void Release(Probe probe) => probe.Open("w may end");

    [Fact]
    public async Task An_exception_arrives_with_its_type_and_where_it_was_thrown()
    {
        var fault = await Assert.ThrowsAsync<UnknownWordException>(() => Silos.Grains.GetGrain<IWorker>("w").Throw("boom"));
        Assert.Equal("boom", fault.Message);
        Assert.Contains("WorkerGrain.Throw", fault.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_call_leaves_the_activation_alive()
    {
        var worker = Silos.Grains.GetGrain<IWorker>("w");
        var before = await worker.Activation();
        await Assert.ThrowsAsync<UnknownWordException>(() => worker.Throw("boom"));
        Assert.Equal(before, await worker.Activation());
    }

    [Fact]
    public async Task A_call_goes_on_when_its_caller_has_given_up_at_the_deadline()
    {
        var call = Silos.Grains.GetGrain<IWorker>("w").Work("long");
        await Silos.Probe.Noted("long begins");
        Silos.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        await Assert.ThrowsAsync<TimeoutException>(() => Silos.AdvanceUntil(call, TimeSpan.FromSeconds(1)));
        Silos.Probe.Open("long");
        await Silos.Probe.Noted("long ends");
    }

    [Fact]
    public async Task A_method_may_have_its_own_deadline()
    {
        var call = Silos.Grains.GetGrain<IWorker>("w").Slow("slow");
        await Silos.Probe.Noted("slow begins");
        Silos.Clock.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(TestSilos.Patience));
        Silos.Probe.Open("slow");
    }

    [Fact]
    public async Task A_cancelled_token_ends_the_callers_wait_and_reaches_the_grain_on_its_scheduler()
    {
        using var cancel = new CancellationTokenSource();
        var call = Silos.Grains.GetGrain<IWorker>("w").Patient("patient", cancel.Token);
        await Silos.Probe.Noted("patient begins");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(TestSilos.Patience));
        await Silos.Probe.Noted("patient cancelled on its scheduler: True");
    }

    [Fact]
    public async Task A_deadline_cancels_the_token_of_the_call()
    {
        var call = Silos.Grains.GetGrain<IWorker>("w").Patient("patient", CancellationToken.None);
        await Silos.Probe.Noted("patient begins");
        await Assert.ThrowsAsync<TimeoutException>(() => Silos.AdvanceUntil(call, TimeSpan.FromSeconds(31)));
        await Silos.Probe.Noted("patient cancelled on its scheduler: True");
    }

    [Fact]
    public async Task A_full_queue_refuses_and_the_queued_calls_still_run()
    {
        var worker = Silos.Grains.GetGrain<IWorker>("w");
        var running = worker.Work("first");
        await Silos.Probe.Noted("first begins");
        var queued = Enumerable.Range(0, 3).Select(_ => worker.Increment()).ToArray();
        await Assert.ThrowsAsync<LimitExceededException>(() => worker.Increment().WaitAsync(TestSilos.Patience));
        Silos.Probe.Open("first");
        await running.WaitAsync(TestSilos.Patience);
        Assert.Equal(new[] { 1, 2, 3 }, await Task.WhenAll(queued).WaitAsync(TestSilos.Patience));
    }

    [Fact]
    public void An_interface_nobody_implements_is_refused_by_name()
    {
        var fault = Assert.Throws<ArgumentException>(() => Silos.Grains.GetGrain<INobody>("x"));
        Assert.Contains(nameof(INobody), fault.Message, StringComparison.Ordinal);
    }
}
