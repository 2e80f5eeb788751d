namespace Postmill.Grains.Sync;

/// <summary>
/// What every start passes on this silo, so that ten thousand accounts that come at once (a restart, a lost silo, a server that is back) arrive at mail servers, database and
/// memory at a pace these bear (hard cases 19 and 23). Owning an account passes no gate. A place at the host's gate is taken before one at the silo's: who waits for a
/// slow host holds up nobody else.
/// </summary>
public sealed class StartGates : IDisposable
{
    private readonly SyncOptions _options;
    private readonly TimeProvider _time;
    private readonly SyncMetrics _metrics;
    private readonly Gate _openings;
    private readonly Gate _runs;
    private readonly Gate _firstRuns;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Host> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Queue<Host> _leftAlone = new();

    public StartGates(SyncOptions options, TimeProvider time, SyncMetrics metrics)
    {
        _options = options;
        _time = time;
        _metrics = metrics;
        _openings = new Gate(new GateLimits("silo", options.OpeningsAtOnce, options.OpeningsPerSecond), time, metrics);
        _runs = new Gate(new GateLimits("runs", options.RunsAtOnce), time, metrics);
        _firstRuns = new Gate(new GateLimits("first_runs", options.FirstRunsAtOnce), time, metrics);
    }

    /// <summary>Hosts that are remembered.</summary>
    public int Hosts
    {
        get { lock (_gate) return _hosts.Count; }
    }

    /// <summary>Openings that wait for their turn at a host.</summary>
    public int WaitingAtHosts
    {
        get { lock (_gate) return _hosts.Values.Sum(host => host.Gate.Waiting); }
    }

    /// <summary>Before a connection is opened; to be disposed of when its login is over, well or not.</summary>
    /// <param name="host">Of the mail server, as the account names it.</param>
    /// <param name="hurry">Cancelled when a person waits for it, before or meanwhile.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IDisposable> OpeningAsync(string host, CancellationToken hurry, CancellationToken cancellationToken)
    {
        var theirs = Use(host);
        IDisposable? atHost = null;
        try
        {
            atHost = await theirs.Gate.EnterAsync(hurry, cancellationToken);
            return new Opening(this, theirs, atHost, await _openings.EnterAsync(hurry, cancellationToken));
        }
        catch
        {
            atHost?.Dispose();
            Leave(theirs);
            throw;
        }
    }

    /// <summary>Before a run on an open connection. First runs fill a mailbox and may take hours: they have places of their own and hold up none of the others.</summary>
    public Task<IDisposable> RunAsync(bool first, CancellationToken hurry, CancellationToken cancellationToken) =>
        (first ? _firstRuns : _runs).EnterAsync(hurry, cancellationToken);

    public void Dispose()
    {
        _openings.Dispose();
        _runs.Dispose();
        _firstRuns.Dispose();
        lock (_gate) foreach (var host in _hosts.Values) host.Gate.Dispose();
    }

    private Host Use(string name)
    {
        name = name.TrimEnd('.');
        lock (_gate)
        {
            Forget();
            if (!_hosts.TryGetValue(name, out var host))
                _hosts.Add(name, host = new Host(name, new Gate(new GateLimits("host", _options.HostOpeningsAtOnce, _options.HostOpeningsPerSecond), _time, _metrics)));
            host.Users++;
            return host;
        }
    }

    private void Leave(Host host)
    {
        lock (_gate)
        {
            if (--host.Users == 0 && !host.IsLeftAlone)
            {
                host.IsLeftAlone = true;
                _leftAlone.Enqueue(host);
            }

            Forget();
        }
    }

    /// <summary>Hosts nobody uses go once their rate is forgotten, in the order in which they were left; looked at whenever one is used or left.</summary>
    private void Forget()
    {
        while (_leftAlone.TryPeek(out var host) && (host.Users > 0 || host.Gate.Idle))
        {
            _leftAlone.Dequeue();
            host.IsLeftAlone = false;
            if (host.Users > 0) continue; // comes back here when it is left again
            _hosts.Remove(host.Name);
            host.Gate.Dispose();
        }
    }

    private sealed class Host(string name, Gate gate)
    {
        public string Name { get; } = name;

        public Gate Gate { get; } = gate;

        public int Users { get; set; }

        public bool IsLeftAlone { get; set; }
    }

    private sealed class Opening(StartGates gates, Host host, IDisposable atHost, IDisposable atSilo) : IDisposable
    {
        private int _over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _over, 1) != 0) return;
            atSilo.Dispose();
            atHost.Dispose();
            gates.Leave(host);
        }
    }
}
