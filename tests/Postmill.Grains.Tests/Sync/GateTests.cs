using Postmill.Grains.Sync;
using Postmill.Testing;

namespace Postmill.Grains.Tests.Sync;

public sealed class GateTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly CancellationToken Person = new(canceled: true);
    private static readonly CancellationToken Nobody = CancellationToken.None;
    private readonly ManualClock _clock = new();
    private readonly List<Gate> _gates = [];

    public void Dispose()
    {
        foreach (var gate in _gates) gate.Dispose();
    }

    [Fact]
    public async Task No_window_sees_more_entries_than_the_rate_and_its_burst()
    {
        var gate = NewGate(atOnce: 10, perSecond: 20);
        var entries = new List<DateTimeOffset>();
        var begun = _clock.GetUtcNow();
        var all = Enumerable.Range(0, 400).Select(async _ =>
        {
            using var inside = await gate.EnterAsync(Nobody, CancellationToken.None);
            lock (entries) entries.Add(_clock.GetUtcNow());
        }).ToList();
        var step = TimeSpan.FromMilliseconds(5);
        while (entries.Count < 400)
        {
            _clock.Advance(step);
            // Those let in have written their time down and left before the clock goes on.
            await UntilAsync(() => entries.Count == 400 - gate.Waiting && gate.Inside == 0);
        }

        await Task.WhenAll(all);
        foreach (var window in new[] { 0.01, 0.1, 1, 10, 60 })
            Assert.InRange(MostWithin(entries, TimeSpan.FromSeconds(window)), 1, 5 + (int)Math.Ceiling(20 * (window + step.TotalSeconds)));
        Assert.InRange((_clock.GetUtcNow() - begun).TotalSeconds, 19.5, 20.5);
    }

    [Fact]
    public async Task Persons_go_first_and_each_kind_in_the_order_it_came()
    {
        var gate = NewGate(atOnce: 1);
        var order = new List<string>();
        var inside = await gate.EnterAsync(Nobody, CancellationToken.None);
        var all = new List<Task>();
        for (var n = 0; n < 5_000; n++) all.Add(PassAsync(gate, $"schedule {n}", order, Nobody));
        for (var n = 0; n < 3; n++) all.Add(PassAsync(gate, $"person {n}", order, Person));
        inside.Dispose();
        await Task.WhenAll(all).WaitAsync(Patience);
        Assert.Equal(["person 0", "person 1", "person 2"], order[..3]);
        Assert.Equal(Enumerable.Range(0, 5_000).Select(n => $"schedule {n}"), order[3..]);
    }

    [Fact]
    public async Task One_that_a_person_begins_to_wait_for_goes_before_those_that_came_earlier()
    {
        var gate = NewGate(atOnce: 1);
        var order = new List<string>();
        using var hurry = new CancellationTokenSource();
        var inside = await gate.EnterAsync(Nobody, CancellationToken.None);
        Task[] all = [PassAsync(gate, "first", order, Nobody), PassAsync(gate, "second", order, Nobody), PassAsync(gate, "hurried", order, hurry.Token)];
        await hurry.CancelAsync();
        inside.Dispose();
        await Task.WhenAll(all).WaitAsync(Patience);
        Assert.Equal(["hurried", "first", "second"], order);
    }

    [Fact]
    public async Task Cancelled_waiters_leave_no_trace()
    {
        var gate = NewGate(atOnce: 1, perSecond: 10);
        using var cancel = new CancellationTokenSource();
        var inside = await gate.EnterAsync(Nobody, CancellationToken.None);
        var waiting = Enumerable.Range(0, 1_000).Select(n => gate.EnterAsync(n % 2 == 0 ? Person : Nobody, cancel.Token)).ToList();
        Assert.Equal(1_000, gate.Waiting);
        await cancel.CancelAsync();
        foreach (var waiter in waiting) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter.WaitAsync(Patience));
        Assert.Equal(0, gate.Waiting);
        inside.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(gate.Idle);
        (await gate.EnterAsync(Nobody, CancellationToken.None).WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task Cancellations_that_race_with_entries_lose_no_place()
    {
        var gate = NewGate(atOnce: 3);
        for (var round = 0; round < 300; round++)
        {
            using var cancel = new CancellationTokenSource();
            var held = new[] { await gate.EnterAsync(Nobody, CancellationToken.None), await gate.EnterAsync(Nobody, CancellationToken.None), await gate.EnterAsync(Nobody, CancellationToken.None) };
            var waiting = Enumerable.Range(0, 6).Select(n => PassAsync(gate, "", [], n == 0 ? Person : Nobody, cancel.Token)).ToList();
            await Task.WhenAll(Task.Run(() => { foreach (var pass in held) pass.Dispose(); }), Task.Run(cancel.Cancel));
            await Task.WhenAll(waiting.Select(w => w.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default))).WaitAsync(Patience);
            Assert.True(gate.Idle, $"round {round}: a place was not given back");
        }
    }

    [Fact]
    public async Task Place_given_back_twice_is_given_back_once()
    {
        var gate = NewGate(atOnce: 1);
        var pass = await gate.EnterAsync(Nobody, CancellationToken.None);
        pass.Dispose();
        pass.Dispose();
        var inside = await gate.EnterAsync(Nobody, CancellationToken.None);
        Assert.False(gate.EnterAsync(Nobody, CancellationToken.None).IsCompleted);
        inside.Dispose();
    }

    [Fact]
    public async Task Higher_limits_let_in_who_waits_and_lower_ones_send_nobody_out()
    {
        var gate = NewGate(atOnce: 1);
        var one = await gate.EnterAsync(Nobody, CancellationToken.None);
        var two = gate.EnterAsync(Nobody, CancellationToken.None);
        gate.Change(new GateLimits("test", 2));
        var second = await two.WaitAsync(Patience);
        gate.Change(new GateLimits("test", 1));
        Assert.Equal(2, gate.Inside);
        var third = gate.EnterAsync(Nobody, CancellationToken.None);
        one.Dispose();
        Assert.False(third.IsCompleted);
        second.Dispose();
        (await third.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task Without_a_rate_nobody_goes_in_until_there_is_one()
    {
        var gate = NewGate(atOnce: 5, perSecond: 0);
        await gate.EnterAsync(Nobody, CancellationToken.None).WaitAsync(Patience); // the first of a new gate
        var next = gate.EnterAsync(Person, CancellationToken.None);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.False(next.IsCompleted);
        Assert.True(gate.IsHeldUp);
        gate.Change(new GateLimits("test", 5, 2));
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        await next.WaitAsync(Patience);
        Assert.False(gate.IsHeldUp);
    }

    [Fact]
    public async Task Paused_only_persons_go_in_and_a_shorter_pause_shortens_no_longer_one()
    {
        var gate = NewGate(atOnce: 10);
        gate.Pause(TimeSpan.FromSeconds(60));
        gate.Pause(TimeSpan.FromSeconds(5));
        Assert.False(gate.Idle);
        using var hurry = new CancellationTokenSource();
        var (waiting, hurried) = (gate.EnterAsync(Nobody, CancellationToken.None), gate.EnterAsync(hurry.Token, CancellationToken.None));
        (await gate.EnterAsync(Person, CancellationToken.None).WaitAsync(Patience)).Dispose();
        await hurry.CancelAsync();
        (await hurried.WaitAsync(Patience)).Dispose();
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await waiting.WaitAsync(Patience)).Dispose();
        Assert.True(gate.Idle);
    }

    private Gate NewGate(int atOnce, double? perSecond = null)
    {
        var gate = new Gate(new GateLimits("test", atOnce, perSecond), _clock, Given.Metrics());
        _gates.Add(gate);
        return gate;
    }

    private static async Task PassAsync(Gate gate, string name, List<string> order, CancellationToken hurry, CancellationToken cancellationToken = default)
    {
        using var inside = await gate.EnterAsync(hurry, cancellationToken);
        lock (order) order.Add(name);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "it did not happen");
            await Task.Yield();
        }
    }

    private static int MostWithin(List<DateTimeOffset> entries, TimeSpan window)
    {
        var most = 0;
        for (int first = 0, last = 0; last < entries.Count; last++)
        {
            while (entries[last] - entries[first] > window) first++;
            most = Math.Max(most, last - first + 1);
        }

        return most;
    }
}
