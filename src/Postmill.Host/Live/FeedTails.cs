using Orleans;
using Postmill.Grains.Feed;

namespace Postmill.Host.Live;

/// <summary>The tails of this silo: one for each user with a socket here, from the first to the last of them.</summary>
internal sealed class FeedTails(
    IGrainFactory grains, IFeedLog log, LiveSettings settings, LiveMetrics metrics, LostSilos lost, TimeProvider time, ILogger<FeedTails> logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, FeedTail> _tails = [];
    private readonly SemaphoreSlim _logTurns = new(settings.CatchUpReaders);

    public int Count
    {
        get
        {
            lock (_gate) return _tails.Count;
        }
    }

    /// <summary>A reader of everything above <paramref name="cursor"/>. Dispose it with its socket.</summary>
    /// <param name="last">Where the log ends now, or ended a moment ago: a new tail starts there.</param>
    public FeedReader Open(Guid userId, long cursor, long last)
    {
        lock (_gate)
        {
            if (!_tails.TryGetValue(userId, out var tail))
            {
                tail = new FeedTail(userId, last, grains, log, settings.CatchUpPage, _logTurns, metrics, lost, time, logger);
                _tails.Add(userId, tail);
                tail.Start();
            }
            tail.Users++;
            return new FeedReader(tail, log, cursor, settings, metrics, time, () => Release(tail));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var tail in _tails.Values) tail.Dispose();
            _tails.Clear();
        }
        _logTurns.Dispose();
    }

    private void Release(FeedTail tail)
    {
        lock (_gate)
        {
            if (--tail.Users > 0) return;
            if (_tails.Remove(tail.UserId)) tail.Dispose();
        }
    }
}
