using Postmill.Domain.Hosts;
using Postmill.Grains.Hosts;
using Postmill.Grains.Sync;
using Postmill.Grains.Tests.Sync;
using Postmill.Testing;

namespace Postmill.Grains.Tests.Hosts;

/// <summary>What one process does with its base, with what it is lent and with what it hears of a host.</summary>
public sealed class HostGatesTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly CancellationToken Person = new(canceled: true);
    private static readonly CancellationToken Nobody = CancellationToken.None;
    private static readonly HostAmount Base = new(2, 10, 3);
    private readonly ManualClock _clock = new();
    private readonly List<StartGates> _processes = [];
    private readonly List<string> _told = [];

    public void Dispose()
    {
        foreach (var process in _processes) process.Dispose();
    }

    [Fact]
    public async Task Base_is_used_without_asking_and_what_is_lent_comes_on_top()
    {
        var gates = Silo();
        var (open, waiting) = await FillAsync(gates, logins: 2, more: 3);
        var asking = Assert.Single(gates.Hosts.Due());
        Assert.Equal(new HostDemand("silo", HasBase: true, Logins: 5, AreLoginsHeldUp: false, Runs: 0, default, default), asking.Demand);
        gates.Hosts.Took(asking, Share(new HostAmount(2, 10, 0)));
        var more = await Task.WhenAll(waiting.Take(2)).WaitAsync(Patience);
        Assert.False(waiting[2].IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var opening in open.Concat(more)) opening.Dispose();
        (await waiting[2].WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task Loan_that_is_not_renewed_ends_with_its_term()
    {
        var gates = Silo();
        gates.Hosts.Took(await AskAsync(gates), Share(new HostAmount(2, 10, 0)));
        _clock.Advance(HostLimits.Term);
        gates.Hosts.Failed(Assert.Single(gates.Hosts.Due()));
        var (open, waiting) = await FillAsync(gates, logins: 2, more: 1);
        Assert.False(waiting[0].IsCompleted);
        open[0].Dispose();
        (await waiting[0].WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task Answer_that_took_long_does_not_lengthen_the_loan()
    {
        var gates = Silo();
        var asking = await AskAsync(gates);
        _clock.Advance(HostLimits.Term);
        gates.Hosts.Took(asking, Share(new HostAmount(2, 10, 0)));
        _ = gates.Hosts.Due();
        var (_, waiting) = await FillAsync(gates, logins: 2, more: 1);
        Assert.False(waiting[0].IsCompleted);
    }

    [Fact]
    public async Task Grain_is_asked_at_the_first_use_when_somebody_waits_and_to_keep_a_loan_and_else_rarely()
    {
        var gates = Silo();
        using var opening = await OpenAsync(gates);
        gates.Hosts.Took(Assert.Single(gates.Hosts.Due()), Share(default));
        Assert.Equal(TimeSpan.FromSeconds(10), NextAsking(gates, out _));
        using var second = await OpenAsync(gates);
        var third = gates.OpeningAsync("imap.example", Nobody, CancellationToken.None);
        Assert.Equal(TimeSpan.FromSeconds(1), NextAsking(gates, out var asking));
        gates.Hosts.Took(asking, Share(new HostAmount(1, 10, 0)));
        (await third.WaitAsync(Patience)).Dispose();
        Assert.Equal(TimeSpan.FromSeconds(5), NextAsking(gates, out _));
    }

    [Fact]
    public async Task Front_waits_for_its_share_and_uses_a_little_where_there_is_nobody_to_ask()
    {
        var gates = Process(new HostUser("front", null));
        var waiting = gates.OpeningAsync("imap.example", Person, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        var asking = Assert.Single(gates.Hosts.Due());
        Assert.False(asking.Demand.HasBase);
        gates.Hosts.Failed(asking);
        (await waiting.WaitAsync(Patience)).Dispose();
        _clock.Advance(TimeSpan.FromSeconds(1));
        var (open, queue) = await FillAsync(gates, logins: 1, more: 1);
        _clock.Advance(TimeSpan.FromMinutes(1));
        gates.Hosts.Took(Assert.Single(gates.Hosts.Due()), Share(new HostAmount(2, 0, 0)));
        await queue[0].WaitAsync(Patience);
        open[0].Dispose();
        // A place without a rate: it waits for the grain to lend one.
        var next = gates.OpeningAsync("imap.example", Person, CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(next.IsCompleted);
        asking = Assert.Single(gates.Hosts.Due());
        Assert.True(asking.Demand.AreLoginsHeldUp);
        gates.Hosts.Took(asking, Share(new HostAmount(2, 10, 0)));
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await next.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task Host_that_says_for_how_long_is_left_alone_at_once_but_by_persons()
    {
        var gates = Silo();
        using (var refused = await OpenAsync(gates)) refused.TurnedAway(TimeSpan.FromMinutes(2));
        var waiting = gates.OpeningAsync("imap.example", Nobody, CancellationToken.None);
        (await gates.OpeningAsync("imap.example", Person, CancellationToken.None).WaitAsync(Patience)).Dispose();
        _clock.Advance(TimeSpan.FromSeconds(119));
        Assert.False(waiting.IsCompleted);
        await TellAsync(gates);
        Assert.Equal(["AskedToWait 00:02:00"], _told);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await waiting.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task Host_that_turns_away_one_login_after_the_other_is_left_alone_and_an_accident_is_none()
    {
        var gates = Silo();
        gates.Hosts.Took(await AskAsync(gates), Share(default));
        foreach (var isServed in new[] { false, false, true, false, false })
        {
            using var opening = await OpenAsync(gates);
            if (isServed) opening.Served();
            else opening.TurnedAway(null);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        await TellAsync(gates);
        Assert.Empty(_told);
        using (var third = await OpenAsync(gates)) third.TurnedAway(null);
        await TellAsync(gates);
        Assert.Equal([$"AskedToWait {HostLimits.FirstWait}"], _told);
        Assert.False(gates.OpeningAsync("imap.example", Nobody, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task Pause_and_broken_capabilities_that_others_met_hold_here_too()
    {
        var gates = Silo();
        gates.Hosts.Took(await AskAsync(gates), new HostShare(default, HostLimits.Term, TimeSpan.FromSeconds(50), ["QRESYNC"]));
        var waiting = gates.OpeningAsync("imap.example", Nobody, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(50));
        using var opening = await waiting.WaitAsync(Patience);
        Assert.Equal(["QRESYNC"], opening.Broken);
    }

    [Fact]
    public async Task Pause_is_never_longer_than_the_setting_allows()
    {
        var gates = Process(new HostUser("silo", _ => Base), new SyncOptions { HostPauseMostSeconds = 10 });
        gates.Hosts.Took(await AskAsync(gates), new HostShare(default, HostLimits.Term, TimeSpan.FromHours(5), []));
        using (var refused = await gates.OpeningAsync("imap.example", Person, CancellationToken.None)) refused.TurnedAway(TimeSpan.FromDays(3));
        var waiting = gates.OpeningAsync("imap.example", Nobody, CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(10));
        (await waiting.WaitAsync(Patience)).Dispose();
    }

    [Fact]
    public async Task What_the_grain_was_to_be_told_while_it_was_out_of_reach_it_is_told_later()
    {
        var gates = Silo();
        var at = _clock.GetUtcNow();
        gates.Lied("IMAP.example.", "QRESYNC");
        gates.Hosts.Failed(Assert.Single(gates.Hosts.Due()));
        _clock.Advance(TimeSpan.FromSeconds(1));
        await TellAsync(gates);
        Assert.Equal([$"Lied QRESYNC at {at:O}"], _told);
        await TellAsync(gates);
        Assert.Single(_told);
    }

    [Fact]
    public void What_was_told_before_the_grain_failed_is_not_told_again()
    {
        var gates = Silo();
        for (var n = 0; n < 3; n++) gates.Lied("imap.example", "QRESYNC");
        gates.Hosts.Failed(Assert.Single(gates.Hosts.Due()), told: 2);
        Assert.Single(Assert.Single(gates.Hosts.Due()).Reports);
    }

    [Fact]
    public void Reports_for_a_grain_that_stays_out_of_reach_are_bounded()
    {
        var gates = Silo();
        for (var n = 0; n < 1_000; n++)
        {
            gates.Lied("imap.example", "QRESYNC");
            foreach (var asking in gates.Hosts.Due()) gates.Hosts.Failed(asking);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(Assert.Single(gates.Hosts.Due()).Reports.Count, 1, 101);
    }

    [Fact]
    public async Task Runs_have_places_of_the_host_too()
    {
        var gates = Silo();
        for (var n = 0; n < 3; n++) await gates.RunAsync("imap.example", first: false, Nobody, CancellationToken.None).WaitAsync(Patience);
        var fourth = gates.RunAsync("imap.example", first: false, Nobody, CancellationToken.None);
        (await gates.RunAsync("other.example", first: false, Nobody, CancellationToken.None).WaitAsync(Patience)).Dispose();
        Assert.False(fourth.IsCompleted);
        var asking = gates.Hosts.Due().Single(a => a.Host.Name == "imap.example");
        Assert.Equal(4, asking.Demand.Runs);
        gates.Hosts.Took(asking, Share(new HostAmount(0, 0, 1)));
        (await fourth.WaitAsync(Patience)).Dispose();
    }

    private static HostShare Share(HostAmount lent) => new(lent, HostLimits.Term, TimeSpan.Zero, []);

    private StartGates Silo() => Process(new HostUser("silo", _ => Base));

    private StartGates Process(HostUser user, SyncOptions? options = null)
    {
        var gates = new StartGates(options ?? new SyncOptions(), user, _clock, Given.Metrics());
        _processes.Add(gates);
        return gates;
    }

    private static Task<HostOpening> OpenAsync(StartGates gates) => gates.OpeningAsync("imap.example", Nobody, CancellationToken.None).WaitAsync(Patience);

    /// <summary>The first use of the host, and the question that it brings.</summary>
    private static async Task<HostAsking> AskAsync(StartGates gates)
    {
        using var opening = await OpenAsync(gates);
        return Assert.Single(gates.Hosts.Due());
    }

    /// <summary>So many logins that go on, and more that wait.</summary>
    private async Task<(List<HostOpening> Open, List<Task<HostOpening>> Waiting)> FillAsync(StartGates gates, int logins, int more)
    {
        var open = new List<HostOpening>();
        for (var n = 0; n < logins; n++)
        {
            open.Add(await OpenAsync(gates));
            _clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        return (open, [.. Enumerable.Range(0, more).Select(_ => gates.OpeningAsync("imap.example", Nobody, CancellationToken.None))]);
    }

    private TimeSpan NextAsking(StartGates gates, out HostAsking asking)
    {
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(2); passed += TimeSpan.FromMilliseconds(500))
        {
            if (gates.Hosts.Due() is [var due])
            {
                asking = due;
                gates.Hosts.Took(due, Share(due.Demand.Held));
                return passed;
            }

            _clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        throw new InvalidOperationException("the grain was not asked");
    }

    /// <summary>Reports as <see cref="HostShares"/> does, to a grain that writes down what it hears.</summary>
    private async Task TellAsync(StartGates gates)
    {
        foreach (var asking in gates.Hosts.Due())
        {
            foreach (var report in asking.Reports) await report(new Listener(_told));
            gates.Hosts.Took(asking, Share(default));
        }
    }

    private sealed class Listener(List<string> told) : IMailHostGrain
    {
        public Task<HostShare> Lend(HostDemand demand) => throw new NotSupportedException();

        public Task AskedToWait(TimeSpan wait, DateTimeOffset at)
        {
            told.Add($"AskedToWait {wait}");
            return Task.CompletedTask;
        }

        public Task Lied(string capability, DateTimeOffset at)
        {
            told.Add($"Lied {capability} at {at:O}");
            return Task.CompletedTask;
        }
    }
}
