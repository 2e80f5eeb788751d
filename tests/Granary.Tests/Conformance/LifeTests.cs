namespace Granary.Tests.Conformance;

public sealed class LifeTests : IAsyncDisposable
{
    private readonly Silo _silo = Silo.Start();

    private IWorker Worker => _silo.Grains.GetGrain<IWorker>("w");

    public async ValueTask DisposeAsync()
    {
        _silo.Probe.Open("w may end");
        await _silo.DisposeAsync();
    }

    [Fact]
    public async Task A_grain_that_leaves_finishes_its_call_and_the_next_one_finds_a_fresh_activation()
    {
        var leave = Worker.Leave("leaving");
        await _silo.Probe.Noted("leaving begins");
        var next = Worker.Activation();
        _silo.Probe.Open("leaving");
        var old = await leave.WaitAsync(Silo.Patience);
        await _silo.Probe.Noted("w ended ApplicationRequested");
        Assert.False(next.IsCompleted);
        Assert.Single(_silo.Probe.Notes, "w activated");
        _silo.Probe.Open("w may end");
        Assert.NotEqual(old, await next.WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task An_interleaving_call_is_answered_by_a_leaving_grain_while_its_last_call_runs()
    {
        var leave = Worker.Leave("leaving");
        await _silo.Probe.Noted("leaving begins");
        Assert.Equal("peeked", await Worker.Peek().WaitAsync(Silo.Patience));
        _silo.Probe.Open("leaving");
        await leave.WaitAsync(Silo.Patience);
    }

    [Fact]
    public async Task An_idle_activation_is_collected_at_its_age_and_not_before()
    {
        _silo.Probe.Open("w may end");
        var first = await Worker.Activation();
        _silo.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(first, await Worker.Activation());
        _silo.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(first, await Worker.Activation());
        _silo.Clock.Advance(TimeSpan.FromMinutes(16));
        await _silo.Probe.Noted("w ended ActivationIdle");
        Assert.NotEqual(first, await Worker.Activation().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_working_activation_is_not_idle()
    {
        var work = Worker.Work("long");
        await _silo.Probe.Noted("long begins");
        _silo.Clock.Advance(TimeSpan.FromHours(1));
        _silo.Probe.Open("long");
        await _silo.Probe.Noted("long ends");
        await Worker.Activation();
        Assert.DoesNotContain("w ended ActivationIdle", _silo.Probe.Notes);
        await Assert.ThrowsAsync<TimeoutException>(() => work);
    }

    [Fact]
    public async Task A_grain_marked_to_stay_stays_and_one_with_its_own_age_goes_at_it()
    {
        var (stays, brief) = (_silo.Grains.GetGrain<IStays>("s"), _silo.Grains.GetGrain<IBrief>("b"));
        var (one, two) = (await stays.Activation(), await brief.Activation());
        _silo.Clock.Advance(TimeSpan.FromMinutes(3));
        await _silo.Probe.Noted("brief ended");
        Assert.NotEqual(two, await brief.Activation());
        _silo.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(one, await stays.Activation());
    }

    [Fact]
    public async Task A_delayed_end_is_delayed()
    {
        var brief = _silo.Grains.GetGrain<IBrief>("b");
        var first = await brief.Stay(TimeSpan.FromMinutes(30));
        _silo.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(first, await brief.Activation());
        _silo.Clock.Advance(TimeSpan.FromMinutes(5));
        await _silo.Probe.Noted("brief ended");
    }

    [Fact]
    public async Task A_grain_that_cannot_begin_fails_its_callers_and_the_next_call_tries_again()
    {
        var stubborn = _silo.Grains.GetGrain<IStubborn>("s");
        var calls = new[] { stubborn.Hello(), stubborn.Hello() };
        _silo.Probe.Open("begin");
        foreach (var call in calls)
            Assert.Equal("attempt 1", (await Assert.ThrowsAsync<UnknownWordException>(() => call.WaitAsync(Silo.Patience))).Message);
        Assert.Equal("hello at attempt 2", await stubborn.Hello().WaitAsync(Silo.Patience));
    }

    [Fact]
    public async Task A_grain_that_takes_too_long_to_begin_fails_its_callers()
    {
        var call = _silo.Grains.GetGrain<IStubborn>("s").Hello();
        await Assert.ThrowsAsync<TimeoutException>(() => _silo.AdvanceUntil(call, TimeSpan.FromSeconds(10)));
    }
}
