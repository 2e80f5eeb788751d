using Postmill.Domain.Hosts;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Hosts;

/// <summary>One mail host as this process uses it: its gates, and what was lent to us. Guarded by the lock of <see cref="HostGates"/>.</summary>
internal sealed class HostUse(string name, SyncOptions options, HostAmount may, TimeProvider time, SyncMetrics metrics) : IDisposable
{
    private const string LoginsGate = "host", RunsGate = "host_runs";

    /// <summary>So often in a row it turns us away before it knows who we are, and it is no accident.</summary>
    private const int RefusalsInARow = 3;

    private HostAmount _may = may;
    private int _refusals;

    public string Name { get; } = name;

    public Gate Logins { get; } = new(new GateLimits(LoginsGate, may.Logins, may.LoginsPerSecond), time, metrics);

    public Gate Runs { get; } = new(new GateLimits(RunsGate, may.Runs), time, metrics);

    /// <summary>Logins and runs that use it or wait for it.</summary>
    public int Users { get; set; }

    /// <summary>Somebody has used it since the grain was asked last.</summary>
    public bool IsUsed { get; set; }

    /// <summary>When the grain was asked last; null: never.</summary>
    public long? AskedAt { get; set; }

    public bool IsAsking { get; set; }

    /// <summary>The grain was out of reach when it was asked last.</summary>
    public bool HasNobodyToAsk { get; set; }

    public HostAmount Lent { get; set; }

    /// <summary>When the loan is over.</summary>
    public long LentUntil { get; set; }

    public IReadOnlyList<string> Broken { get; set; } = [];

    /// <summary>What the grain is still to be told.</summary>
    public List<Func<IMailHostGrain, Task>> Reports { get; } = [];

    public bool IsHeldUp => Logins.Waiting > 0 || Runs.Waiting > 0;

    /// <summary>A new one would be the same.</summary>
    public bool IsIdle => Logins.Idle && Runs.Idle && Reports.Count == 0 && Broken.Count == 0 && !IsAsking;

    public void May(HostAmount amount)
    {
        if (amount == _may) return;
        _may = amount;
        Logins.Change(new GateLimits(LoginsGate, amount.Logins, amount.LoginsPerSecond));
        Runs.Change(new GateLimits(RunsGate, amount.Runs));
    }

    /// <returns>What it is to be given as a pause; null: it may have been an accident.</returns>
    public TimeSpan? TurnedAway(TimeSpan? asked)
    {
        if (asked is null && ++_refusals < RefusalsInARow) return null;
        _refusals = 0;
        var wait = asked ?? HostLimits.FirstWait;
        return wait < options.LongestHostWait ? wait : options.LongestHostWait;
    }

    public void Served() => _refusals = 0;

    /// <param name="user">This process.</param>
    /// <param name="own">What it may use without a loan.</param>
    /// <param name="held">What it holds of an earlier loan.</param>
    public HostDemand Demand(HostUser user, HostAmount own, HostAmount held)
    {
        var (logins, runs) = (Logins.Inside, Runs.Inside);
        return new HostDemand(
            user.Name, user.HasBase, logins + Logins.Waiting, Logins.IsHeldUp, runs + Runs.Waiting, held, new HostAmount(Math.Max(0, logins - own.Logins), 0, Math.Max(0, runs - own.Runs)));
    }

    public void Dispose()
    {
        Logins.Dispose();
        Runs.Dispose();
    }
}
