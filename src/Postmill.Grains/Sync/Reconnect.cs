using Postmill.Domain.Sync;

namespace Postmill.Grains.Sync;

/// <summary>
/// When a lost connection may be opened again: doubling waits with jitter that only a connection that stood long enough resets, so a server that accepts and
/// drops is not hammered (hard case 22).
/// </summary>
internal sealed class Reconnect(SyncOptions options, TimeProvider time, Random random)
{
    private int _losses;
    private DateTimeOffset? _openedAt;

    /// <summary>Infinite when only a requested run may open the connection.</summary>
    public TimeSpan Wait { get; private set; } = Timeout.InfiniteTimeSpan;

    public void Opened() => _openedAt = time.GetUtcNow();

    public void Lost()
    {
        if (_openedAt is { } opened && time.GetUtcNow() - opened >= TimeSpan.FromSeconds(options.StableAfterSeconds)) _losses = 0;
        _openedAt = null;
        var ceiling = Math.Min(options.ReconnectMostSeconds, options.ReconnectFirstSeconds * Math.Pow(2, Math.Min(_losses, 20)));
        _losses++;
        Wait = TimeSpan.FromSeconds(ceiling * (0.5 + (random.NextDouble() / 2)));
    }

    /// <summary>The wait is used up; without a new loss there is none.</summary>
    public void Tried() => Wait = Timeout.InfiniteTimeSpan;

    /// <summary>The server answered and said no: only the schedule tries that again. One that is out of reach is tried on.</summary>
    public void Refused(SyncFailure failure)
    {
        if (failure.Code == SyncFailure.AuthFailed) Wait = Timeout.InfiniteTimeSpan;
        else Lost();
    }
}
