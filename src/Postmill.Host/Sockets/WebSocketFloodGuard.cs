namespace Postmill.Host.Sockets;

/// <summary>A token bucket over client frames; each costs us a decode and, for a ping, a write. Time is since any fixed point.</summary>
internal sealed class WebSocketFloodGuard(int perSecond, int burst)
{
    private double _tokens = burst;
    private TimeSpan _last;

    public bool TryTake(TimeSpan now)
    {
        _tokens = Math.Min(burst, _tokens + (now - _last).TotalSeconds * perSecond);
        _last = now;
        if (_tokens < 1) return false;
        _tokens--;
        return true;
    }
}
