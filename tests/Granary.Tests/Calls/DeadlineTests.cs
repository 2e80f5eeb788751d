namespace Granary.Tests.Calls;

/// <summary>What Granary promises of deadlines beyond what every engine does.</summary>
public sealed class DeadlineTests : IAsyncDisposable
{
    private readonly Silo _silo = Silo.Start();

    public async ValueTask DisposeAsync()
    {
        _silo.Probe.Open("w may end");
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task A_deadline_says_that_the_outcome_is_unknown()
    {
        var call = _silo.Grains.GetGrain<IWorker>("w").Work("long");
        await _silo.Probe.Noted("long begins");
        var fault = await Assert.ThrowsAsync<TimeoutException>(() => _silo.AdvanceUntil(call, TimeSpan.FromSeconds(1)));
        Assert.Contains("outcome is unknown", fault.Message, StringComparison.Ordinal);
        _silo.Probe.Open("long");
        await _silo.Probe.Noted("long ends");
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
}
