using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Postmill.Grains.Tests.OnOrleans;

/// <summary>Caller and grain on one silo; <see cref="RemoteFailureTests"/> runs the same with a connection between them.</summary>
public class FailureTests : OnSilos
{
    public FailureTests() { }

    private protected FailureTests(Layout layout) : base(layout) { }

    private protected override void Configure(ISiloBuilder silo) => silo.Configure<SiloMessagingOptions>(o => o.MaxEnqueuedRequestsHardLimit = 3);

    private protected override void Release(Probe probe) => probe.Open("w may end");

    [Fact]
    public async Task An_exception_arrives_with_its_type_and_where_it_was_thrown()
    {
        var fault = await Assert.ThrowsAsync<UnknownWordException>(() => Silos.Grains.GetGrain<IWorker>("w").Throw("boom"));
        Assert.Equal("boom", fault.Message);
        Assert.Contains("WorkerGrain.Throw", fault.StackTrace, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("57P01", true)]
    [InlineData("23505", false)]
    public async Task A_fault_of_the_database_arrives_as_one_whose_kind_the_caller_can_tell(string sqlState, bool isAway)
    {
        var fault = await Assert.ThrowsAsync<StorageFaultException>(() => Silos.Grains.GetGrain<IWorker>("w").ThrowStorage(sqlState));
        Assert.Equal(isAway, fault.IsAway);
        Assert.Contains("no more room", fault.Message, StringComparison.Ordinal);
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
    public async Task A_full_queue_refuses_and_the_queued_calls_still_run()
    {
        var worker = Silos.Grains.GetGrain<IWorker>("w");
        var running = worker.Work("first");
        await Silos.Probe.Noted("first begins");
        var calls = Enumerable.Range(0, 4).Select(_ => worker.Increment()).ToList();
        var refused = await Task.WhenAny(calls).WaitAsync(TestSilos.Patience);
        await Assert.ThrowsAsync<LimitExceededException>(() => refused);
        calls.Remove(refused);
        Silos.Probe.Open("first");
        await running.WaitAsync(TestSilos.Patience);
        Assert.Equal([1, 2, 3], (await Task.WhenAll(calls).WaitAsync(TestSilos.Patience)).Order());
    }
}
