using System.Data.Common;
using Postmill.Adapters.Postgres.Feed;

namespace Postmill.Host.Live;

/// <summary>Tells sockets that their key no longer holds: at the moment it expires, and within one round after it was revoked.</summary>
internal sealed class KeyWatch(KeyStanding standing, LiveSettings settings, TimeProvider time, ILogger<KeyWatch> logger) : BackgroundService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, HashSet<WatchedKey>> _inUse = [];

    public int Count
    {
        get
        {
            lock (_gate) return _inUse.Count;
        }
    }

    /// <param name="onVoid">Called at most once; must not block.</param>
    public WatchedKey Watch(Guid keyId, DateTimeOffset? expiresAt, Action onVoid)
    {
        var watched = new WatchedKey(keyId, expiresAt, onVoid, time, Forget);
        lock (_gate)
        {
            if (!_inUse.TryGetValue(keyId, out var sockets)) _inUse.Add(keyId, sockets = []);
            sockets.Add(watched);
        }
        watched.Start();
        return watched;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.KeyCheckSeconds), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CheckAsync(stoppingToken);
            }
            catch (DbException fault)
            {
                LiveLog.KeysUnchecked(logger, fault);
            }
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        Guid[] keys;
        lock (_gate) keys = [.. _inUse.Keys];
        if (keys.Length == 0) return;
        foreach (var key in await standing.VoidAsync(keys, time.GetUtcNow(), cancellationToken))
        {
            WatchedKey[] sockets;
            lock (_gate) sockets = _inUse.TryGetValue(key, out var found) ? [.. found] : [];
            foreach (var socket in sockets) socket.Void();
        }
    }

    private void Forget(WatchedKey watched)
    {
        lock (_gate)
        {
            if (_inUse.TryGetValue(watched.KeyId, out var sockets) && sockets.Remove(watched) && sockets.Count == 0) _inUse.Remove(watched.KeyId);
        }
    }
}
