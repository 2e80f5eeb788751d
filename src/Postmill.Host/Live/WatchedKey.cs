namespace Postmill.Host.Live;

/// <summary>One socket's key under watch; dispose it with the socket.</summary>
internal sealed class WatchedKey(Guid keyId, DateTimeOffset? expiresAt, Action onVoid, TimeProvider time, Action<WatchedKey> forget) : IDisposable
{
    /// <summary>Timers reach 49 days; a later expiry is looked at again then.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(30);

    private ITimer? _expiry;
    private int _void;

    public Guid KeyId => keyId;

    public void Start()
    {
        if (expiresAt is null) return;
        _expiry = time.CreateTimer(static key => ((WatchedKey)key!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        OnTimer();
    }

    public void Void()
    {
        if (Interlocked.Exchange(ref _void, 1) == 0) onVoid();
    }

    public void Dispose()
    {
        _expiry?.Dispose();
        forget(this);
    }

    private void OnTimer()
    {
        var left = expiresAt!.Value - time.GetUtcNow();
        if (left <= TimeSpan.Zero) Void();
        // Rounded up: a timer that is early by a fraction of a millisecond would find the key still good.
        else _expiry!.Change(left < LongestTimer ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : LongestTimer, Timeout.InfiniteTimeSpan);
    }
}
