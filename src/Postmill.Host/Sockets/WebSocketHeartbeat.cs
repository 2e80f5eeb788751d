namespace Postmill.Host.Sockets;

/// <summary>
/// When to ping and when to give up; time is since the connection began. Pings have a fixed beat; the oldest one without a pong after it
/// sets the deadline, and any pong (late, unsolicited, wrong payload) lifts it, because it proves that the peer lives.
/// </summary>
internal sealed class WebSocketHeartbeat(TimeSpan interval, TimeSpan timeout)
{
    private const long None = -1;
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _interval = interval;
    private TimeSpan _nextPing = interval;
    private long _unanswered = None;

    /// <summary>The moment of the next <see cref="OnDue"/>; earlier calls do no harm.</summary>
    public TimeSpan NextDue
    {
        get
        {
            var since = Interlocked.Read(ref _unanswered);
            if (since == None) return _nextPing;
            var deadline = new TimeSpan(since) + timeout;
            return deadline < _nextPing ? deadline : _nextPing;
        }
    }

    public WebSocketHeartbeatStep OnDue(TimeSpan now)
    {
        var since = Interlocked.Read(ref _unanswered);
        if (since != None && now >= new TimeSpan(since) + timeout) return WebSocketHeartbeatStep.GiveUp;
        if (now < _nextPing) return WebSocketHeartbeatStep.Wait;
        // A timer that fired a little late must not move the deadline; after a pause of the process the peer has its whole time.
        var sent = now - _nextPing < Lateness ? _nextPing : now;
        // After a pause of the process the missed beats are not made up for.
        _nextPing = _nextPing + _interval > now ? _nextPing + _interval : now + _interval;
        Interlocked.CompareExchange(ref _unanswered, sent.Ticks, None);
        return WebSocketHeartbeatStep.Ping;
    }

    /// <summary>Called by the reading side, concurrently with the others.</summary>
    public void OnPong() => Interlocked.Exchange(ref _unanswered, None);
}

internal enum WebSocketHeartbeatStep
{
    Wait,
    Ping,
    GiveUp,
}
