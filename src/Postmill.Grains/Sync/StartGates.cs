using Postmill.Grains.Hosts;

namespace Postmill.Grains.Sync;

/// <summary>
/// What every start passes on this process, so that ten thousand accounts that come at once (a restart, a lost silo, a server that is back) arrive at mail servers, database and
/// memory at a pace these bear (hard cases 19 and 23). Owning an account passes no gate. A place at the host's gate is taken before one at the process's: who waits for a
/// slow host holds up nobody else. What a host is spared is counted over the whole cluster (<see cref="HostGates"/>), the rest in this process.
/// </summary>
public sealed class StartGates : IDisposable
{
    private readonly Gate _openings;
    private readonly Gate _runs;
    private readonly Gate _firstRuns;

    public StartGates(SyncOptions options, HostUser user, TimeProvider time, SyncMetrics metrics)
    {
        Hosts = new HostGates(options, user, time, metrics);
        _openings = new Gate(new GateLimits("silo", options.OpeningsAtOnce, options.OpeningsPerSecond), time, metrics);
        _runs = new Gate(new GateLimits("runs", options.RunsAtOnce), time, metrics);
        _firstRuns = new Gate(new GateLimits("first_runs", options.FirstRunsAtOnce), time, metrics);
    }

    internal HostGates Hosts { get; }

    /// <summary>Before a connection is opened; to be disposed of when its login is over, well or not.</summary>
    /// <param name="host">Of the mail server, as the account names it.</param>
    /// <param name="hurry">Cancelled when a person waits for it, before or meanwhile.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<HostOpening> OpeningAsync(string host, CancellationToken hurry, CancellationToken cancellationToken)
    {
        var theirs = Hosts.Use(host);
        IDisposable? atHost = null;
        try
        {
            atHost = await theirs.Logins.EnterAsync(hurry, cancellationToken);
            return new HostOpening(Hosts, theirs, atHost, await _openings.EnterAsync(hurry, cancellationToken));
        }
        catch
        {
            atHost?.Dispose();
            Hosts.Leave(theirs);
            throw;
        }
    }

    /// <summary>Before a run on an open connection. First runs fill a mailbox and may take hours: they have places of their own and hold up none of the others.</summary>
    public async Task<IDisposable> RunAsync(string host, bool first, CancellationToken hurry, CancellationToken cancellationToken)
    {
        if (first) return await _firstRuns.EnterAsync(hurry, cancellationToken);
        var theirs = Hosts.Use(host);
        IDisposable? atHost = null;
        try
        {
            atHost = await theirs.Runs.EnterAsync(hurry, cancellationToken);
            return new HostRun(Hosts, theirs, atHost, await _runs.EnterAsync(hurry, cancellationToken));
        }
        catch
        {
            atHost?.Dispose();
            Hosts.Leave(theirs);
            throw;
        }
    }

    /// <summary>The host announced a capability and broke it.</summary>
    public void Lied(string host, string capability) => Hosts.Lied(host, capability);

    public void Dispose()
    {
        Hosts.Dispose();
        _openings.Dispose();
        _runs.Dispose();
        _firstRuns.Dispose();
    }
}
