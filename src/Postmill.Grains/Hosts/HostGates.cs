using System.Threading.Channels;
using Postmill.Domain.Hosts;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Hosts;

/// <summary>
/// The mail hosts that this process uses. Each has this process's base of what all may use of it, and what its grain has lent beside that; <see cref="HostShares"/> asks for it. Hosts that nobody
/// uses are forgotten after a while.
/// </summary>
internal sealed class HostGates(SyncOptions options, HostUser user, TimeProvider time, SyncMetrics metrics) : IDisposable
{
    /// <summary>Between two askings: when somebody waits, to keep a loan, and to hear what others have learned.</summary>
    private static readonly TimeSpan WhileHeldUp = TimeSpan.FromSeconds(1), WhileLent = HostLimits.Term / 3, WhileUsed = TimeSpan.FromSeconds(10);

    /// <summary>To learn that a host is to be believed again which nobody uses now.</summary>
    private static readonly TimeSpan WhileBroken = TimeSpan.FromHours(1);

    /// <summary>Kept for a grain out of reach.</summary>
    private const int MostReports = 100;

    /// <summary>What a front uses while no silo lives, for then nobody else can be there.</summary>
    private static readonly HostAmount Alone = new(1, 1, 1);

    private readonly HostLimits _limits = options.HostLimits;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HostUse> _hosts = new(StringComparer.Ordinal);
    private readonly Channel<bool> _nudges = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public int Count
    {
        get { lock (_gate) return _hosts.Count; }
    }

    public int Waiting
    {
        get { lock (_gate) return _hosts.Values.Sum(host => host.Logins.Waiting); }
    }

    /// <summary>Something may be due.</summary>
    public ChannelReader<bool> Nudges => _nudges.Reader;

    public void Nudge() => _nudges.Writer.TryWrite(true);

    /// <summary>To be followed by <see cref="Leave"/>.</summary>
    public HostUse Use(string name)
    {
        var key = MailHostGrains.KeyOf(name);
        lock (_gate)
        {
            if (!_hosts.TryGetValue(key, out var host))
            {
                _hosts.Add(key, host = new HostUse(key, options, Base(), time, metrics));
                Nudge();
            }

            host.Users++;
            host.IsUsed = true;
            return host;
        }
    }

    public void Leave(HostUse host)
    {
        lock (_gate) host.Users--;
    }

    /// <summary>A login to it went well or failed for reasons of its own.</summary>
    public void Served(HostUse host)
    {
        lock (_gate) host.Served();
    }

    /// <summary>It turned us away before it knew who we are.</summary>
    /// <param name="host">In use.</param>
    /// <param name="wait">For how long, where it said so.</param>
    public void TurnedAway(HostUse host, TimeSpan? wait)
    {
        lock (_gate)
        {
            if (host.TurnedAway(wait) is not { } pause) return;
            host.Logins.Pause(pause);
            var at = time.GetUtcNow();
            host.Reports.Add(grain => grain.AskedToWait(pause, at));
        }
    }

    public void Lied(string name, string capability)
    {
        var host = Use(name);
        var at = time.GetUtcNow();
        lock (_gate) host.Reports.Add(grain => grain.Lied(capability, at));
        Leave(host);
    }

    public IReadOnlyList<string> Broken(HostUse host)
    {
        lock (_gate) return host.Broken;
    }

    /// <summary>The hosts whose grain is to be asked now; each is to be answered by <see cref="Took"/> or <see cref="Failed"/>. Loans that are over end here, and hosts are forgotten.</summary>
    public IReadOnlyList<HostAsking> Due()
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            List<HostAsking> due = [];
            foreach (var host in _hosts.Values)
            {
                var held = now < host.LentUntil ? host.Lent : default;
                host.May(Own(host) + held);
                if (host.IsAsking || !IsDue(host, held, now)) continue;
                (host.IsAsking, host.AskedAt, host.IsUsed) = (true, now, host.Users > 0);
                due.Add(new HostAsking(host, host.Demand(user, Own(host), held), [.. host.Reports], now));
                host.Reports.Clear();
            }

            Forget();

            return due;
        }
    }

    public void Took(HostAsking asking, HostShare share)
    {
        lock (_gate)
        {
            var host = asking.Host;
            (host.IsAsking, host.HasNobodyToAsk, host.Lent, host.Broken) = (false, false, share.Lent, share.Broken);
            host.LentUntil = asking.At + (long)(share.Term.TotalSeconds * time.TimestampFrequency);
            host.May(Own(host) + share.Lent);
            if (share.Pause > TimeSpan.Zero) host.Logins.Pause(share.Pause < options.LongestHostWait ? share.Pause : options.LongestHostWait);
        }
    }

    /// <summary>The grain is out of reach: what could not be told is told the next time. A front without any silo goes on with little, for then nobody else can be there.</summary>
    /// <param name="asking">What failed.</param>
    /// <param name="told">So many of its reports were taken before.</param>
    /// <returns>The last time it was not.</returns>
    public bool Failed(HostAsking asking, int told = 0)
    {
        lock (_gate)
        {
            var host = asking.Host;
            var isNews = !host.HasNobodyToAsk;
            (host.IsAsking, host.HasNobodyToAsk) = (false, true);
            host.Reports.AddRange(asking.Reports.Skip(told).Take(Math.Max(0, MostReports - host.Reports.Count)));
            host.May(Own(host) + (time.GetTimestamp() < host.LentUntil ? host.Lent : default));
            return isNews;
        }
    }

    public void Dispose()
    {
        lock (_gate) foreach (var host in _hosts.Values) host.Dispose();
    }

    /// <summary>What it may use without a loan.</summary>
    private HostAmount Own(HostUse host) => !user.HasBase && host.HasNobodyToAsk ? Alone : Base();

    private HostAmount Base() => user.Base?.Invoke(_limits) ?? default;

    private bool IsDue(HostUse host, HostAmount held, long now)
    {
        if (host.AskedAt is not { } asked || host.Reports.Count > 0) return true;
        var since = time.GetElapsedTime(asked, now);
        if (host.IsHeldUp && Base() != _limits.Total) return since >= WhileHeldUp;
        if (held != default) return since >= WhileLent;
        return since >= (host.IsUsed ? WhileUsed : WhileBroken);
    }

    /// <summary>One that was asked about lately would only be asked about again, and what is known of a host's broken promises is needed at the next login.</summary>
    private void Forget()
    {
        foreach (var host in _hosts.Values.Where(h => h.Users == 0 && h.IsIdle && h.AskedAt is { } asked && time.GetElapsedTime(asked) >= WhileUsed).ToList())
        {
            _hosts.Remove(host.Name);
            host.Dispose();
        }
    }
}

/// <summary>A question for a host's grain.</summary>
/// <param name="Reports">To be told first.</param>
/// <param name="At">Its loan counts from here.</param>
internal sealed record HostAsking(HostUse Host, HostDemand Demand, IReadOnlyList<Func<IMailHostGrain, Task>> Reports, long At);
