using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Granary.Tests.Conformance;

public sealed class FailureTests : IAsyncDisposable
{
    private readonly Silo _silo = Silo.Start(services => services.Configure<SiloMessagingOptions>(o => o.MaxEnqueuedRequestsHardLimit = 3));

    public async ValueTask DisposeAsync()
    {
        _silo.Probe.Open("w may end");
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task An_exception_arrives_with_its_type_and_where_it_was_thrown()
    {
        var fault = await Assert.ThrowsAsync<UnknownWordException>(() => _silo.Grains.GetGrain<IWorker>("w").Throw("boom"));
        Assert.Equal("boom", fault.Message);
        Assert.Contains("WorkerGrain.Throw", fault.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_call_leaves_the_activation_alive()
    {
        var worker = _silo.Grains.GetGrain<IWorker>("w");
        var before = await worker.Activation();
        await Assert.ThrowsAsync<UnknownWordException>(() => worker.Throw("boom"));
        Assert.Equal(before, await worker.Activation());
    }

    [Fact]
    public async Task A_deadline_says_that_the_outcome_is_unknown_and_the_call_goes_on()
    {
        var call = _silo.Grains.GetGrain<IWorker>("w").Work("long");
        await _silo.Probe.Noted("long begins");
        _silo.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        var fault = await Assert.ThrowsAsync<TimeoutException>(() => _silo.AdvanceUntil(call, TimeSpan.FromSeconds(1)));
        Assert.Contains("outcome is unknown", fault.Message, StringComparison.Ordinal);
        _silo.Probe.Open("long");
        await _silo.Probe.Noted("long ends");
    }

    [Fact]
    public async Task A_method_may_have_its_own_deadline()
    {
        var call = _silo.Grains.GetGrain<IWorker>("w").Slow("slow");
        await _silo.Probe.Noted("slow begins");
        _silo.Clock.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(Silo.Patience));
        _silo.Probe.Open("slow");
    }

    [Fact]
    public async Task A_cancelled_token_ends_the_callers_wait_and_reaches_the_grain_on_its_scheduler()
    {
        using var cancel = new CancellationTokenSource();
        var call = _silo.Grains.GetGrain<IWorker>("w").Patient("patient", cancel.Token);
        await _silo.Probe.Noted("patient begins");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Silo.Patience));
        await _silo.Probe.Noted("patient cancelled on its scheduler: True");
    }

    [Fact]
    public async Task A_deadline_cancels_the_token_of_the_call()
    {
        var call = _silo.Grains.GetGrain<IWorker>("w").Patient("patient", CancellationToken.None);
        await _silo.Probe.Noted("patient begins");
        await Assert.ThrowsAsync<TimeoutException>(() => _silo.AdvanceUntil(call, TimeSpan.FromSeconds(31)));
        await _silo.Probe.Noted("patient cancelled on its scheduler: True");
    }

    [Fact]
    public async Task A_call_that_expires_in_the_queue_is_never_begun()
    {
        var worker = _silo.Grains.GetGrain<IWorker>("w");
        var first = worker.Work("first");
        await _silo.Probe.Noted("first begins");
        var second = worker.Slow("second");
        _silo.Clock.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<TimeoutException>(() => second.WaitAsync(Silo.Patience));
        _silo.Probe.Open("first");
        await first.WaitAsync(Silo.Patience);
        await worker.Increment().WaitAsync(Silo.Patience);
        Assert.DoesNotContain("second begins", _silo.Probe.Notes);
    }

    [Fact]
    public async Task A_full_queue_refuses_and_the_queued_calls_still_run()
    {
        var worker = _silo.Grains.GetGrain<IWorker>("w");
        var running = worker.Work("first");
        await _silo.Probe.Noted("first begins");
        var queued = Enumerable.Range(0, 3).Select(_ => worker.Increment()).ToArray();
        await Assert.ThrowsAsync<LimitExceededException>(() => worker.Increment().WaitAsync(Silo.Patience));
        _silo.Probe.Open("first");
        await running.WaitAsync(Silo.Patience);
        Assert.Equal(new[] { 1, 2, 3 }, await Task.WhenAll(queued).WaitAsync(Silo.Patience));
    }

    [Fact]
    public void An_interface_nobody_implements_is_refused_by_name()
    {
        var fault = Assert.Throws<ArgumentException>(() => _silo.Grains.GetGrain<INobody>("x"));
        Assert.Contains(nameof(INobody), fault.Message, StringComparison.Ordinal);
    }
}
