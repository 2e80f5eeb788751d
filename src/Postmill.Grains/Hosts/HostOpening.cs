namespace Postmill.Grains.Hosts;

/// <summary>The places of a login at the gates of its host and of this process, given back by disposing it.</summary>
public sealed class HostOpening : IDisposable
{
    private readonly HostGates _hosts;
    private readonly HostUse _host;
    private readonly IDisposable _atHost, _atProcess;
    private int _over;

    internal HostOpening(HostGates hosts, HostUse host, IDisposable atHost, IDisposable atProcess) => (_hosts, _host, _atHost, _atProcess) = (hosts, host, atHost, atProcess);

    /// <summary>Capabilities that the host announces and breaks: they are not to be used.</summary>
    public IReadOnlyList<string> Broken => _hosts.Broken(_host);

    /// <summary>The host took the login, or refused it because of its credentials.</summary>
    public void Served() => _hosts.Served(_host);

    /// <summary>The host turned us away before it knew who we are.</summary>
    /// <param name="wait">For how long, where it said so.</param>
    public void TurnedAway(TimeSpan? wait) => _hosts.TurnedAway(_host, wait);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _over, 1) != 0) return;
        _atProcess.Dispose();
        _atHost.Dispose();
        _hosts.Leave(_host);
    }
}

/// <summary>The places of a run.</summary>
internal sealed class HostRun(HostGates hosts, HostUse host, IDisposable atHost, IDisposable atProcess) : IDisposable
{
    private int _over;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _over, 1) != 0) return;
        atProcess.Dispose();
        atHost.Dispose();
        hosts.Leave(host);
    }
}
