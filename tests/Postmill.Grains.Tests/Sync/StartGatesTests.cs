using Postmill.Domain.Hosts;
using Postmill.Grains.Hosts;
using Postmill.Grains.Sync;
using Postmill.Testing;

namespace Postmill.Grains.Tests.Sync;

public sealed class StartGatesTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly CancellationToken Person = new(canceled: true);
    private static readonly CancellationToken Nobody = CancellationToken.None;
    private readonly ManualClock _clock = new();
    private readonly StartGates _gates;

    public StartGatesTests() => _gates = new StartGates(new SyncOptions { OpeningsAtOnce = 12, RunsAtOnce = 2, FirstRunsAtOnce = 1 }, HostUser.Alone, _clock, Given.Metrics());

    public void Dispose() => _gates.Dispose();

    [Fact]
    public async Task Ten_thousand_accounts_of_one_host_keep_its_pace_and_hold_up_no_other_host()
    {
        var opened = 0;
        var storm = Enumerable.Range(0, 10_000).Select(async _ =>
        {
            using var opening = await _gates.OpeningAsync("imap.storm.example", Nobody, CancellationToken.None);
            Interlocked.Increment(ref opened);
        }).ToList();
        for (var step = 1; step <= 300; step++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(50));
            await UntilAsync(() => Volatile.Read(ref opened) >= 4 + step); // one in 50 ms, after a burst of five
            Assert.InRange(opened, 1, 5 + step);
            if (step % 20 == 0) (await OpenAsync($"imap.{step}.example")).Dispose();
        }

        Assert.InRange(storm.Count(o => o.IsCompleted), 1, opened);
    }

    [Fact]
    public async Task Host_whose_logins_hang_takes_its_own_places_and_no_more()
    {
        var hanging = Enumerable.Range(0, 100).Select(_ => _gates.OpeningAsync("hangs.example", Nobody, CancellationToken.None)).ToList();
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(10, await CountAsync(hanging, 10));
        // Twelve at once on this silo: two are left for everybody else, also for a third that comes after.
        var (one, two) = (await OpenAsync("one.example"), await OpenAsync("two.example"));
        var third = _gates.OpeningAsync("three.example", Nobody, CancellationToken.None);
        Assert.False(third.IsCompleted);
        one.Dispose();
        (await third.WaitAsync(Patience)).Dispose();
        two.Dispose();
    }

    [Fact]
    public async Task Person_at_a_host_passes_five_thousand_accounts_that_wait_there()
    {
        var waiting = Enumerable.Range(0, 5_000).Select(_ => _gates.OpeningAsync("busy.example", Nobody, CancellationToken.None)).ToList();
        var person = _gates.OpeningAsync("busy.example", Person, CancellationToken.None);
        Assert.False(person.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        (await person.WaitAsync(Patience)).Dispose();
        Assert.True(waiting.Count(w => w.IsCompleted) < 10);
    }

    [Fact]
    public async Task Login_that_throws_gives_both_places_back()
    {
        for (var n = 0; n < 100; n++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            {
                using var opening = await OpenAsync("broken.example");
                throw new InvalidOperationException("wrong password");
            });
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task Cancelled_at_the_silos_gate_the_place_at_the_hosts_gate_is_free_again()
    {
        var held = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => OpenAsync($"host{n}.example")));
        using var cancel = new CancellationTokenSource();
        var waiting = _gates.OpeningAsync("late.example", Nobody, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience));
        foreach (var opening in held) opening.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await OpenAsync("another.example")).Dispose();
        Assert.All(held.Append(await OpenAsync("late.example")), opening => opening.Dispose());
    }

    [Fact]
    public async Task Hosts_that_nobody_uses_are_forgotten_and_their_rate_is_not_forgotten_too_early()
    {
        for (var n = 0; n < 1_000; n++)
        {
            (await OpenAsync($"h{n}.example")).Dispose();
            foreach (var asking in _gates.Hosts.Due()) _gates.Hosts.Took(asking, new HostShare(default, HostLimits.Term, TimeSpan.Zero, n == 7 ? ["QRESYNC"] : []));
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        // Those of the last ten seconds, and one whose broken promise is remembered.
        Assert.InRange(_gates.Hosts.Count, 100, 103);
        using (var opening = await OpenAsync("h7.example")) Assert.Equal(["QRESYNC"], opening.Broken);
        for (var n = 0; n < 5; n++) (await OpenAsync("again.example")).Dispose();
        Assert.False(_gates.OpeningAsync("AGAIN.example.", Nobody, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task First_runs_have_places_of_their_own()
    {
        var first = await _gates.RunAsync("a.example", first: true, Nobody, CancellationToken.None);
        var nextFirst = _gates.RunAsync("a.example", first: true, Person, CancellationToken.None);
        var runs = await Task.WhenAll(_gates.RunAsync("a.example", first: false, Nobody, CancellationToken.None), _gates.RunAsync("a.example", first: false, Nobody, CancellationToken.None)).WaitAsync(Patience);
        Assert.False(nextFirst.IsCompleted);
        first.Dispose();
        (await nextFirst.WaitAsync(Patience)).Dispose();
        foreach (var run in runs) run.Dispose();
    }

    private Task<HostOpening> OpenAsync(string host) => _gates.OpeningAsync(host, Nobody, CancellationToken.None).WaitAsync(Patience);

    private static async Task UntilAsync(Func<bool> holds)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Patience, "it did not happen");
            await Task.Yield();
        }
    }

    private static async Task<int> CountAsync(List<Task<HostOpening>> openings, int expected)
    {
        for (var turn = 0; turn < 10_000 && openings.Count(o => o.IsCompleted) < expected; turn++) await Task.Yield();
        return openings.Count(o => o.IsCompleted);
    }
}
