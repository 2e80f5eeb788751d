using Postmill.Host.Sockets;

namespace Postmill.Host.Live;

/// <summary>The sockets of this silo: how many there may be, and their common end when the silo goes away.</summary>
internal sealed class LiveSockets(LiveSettings settings, TimeProvider time, ILogger<LiveSockets> logger)
{
    /// <summary>Beside the time that a client has to answer our close frame.</summary>
    private static readonly TimeSpan EndMargin = TimeSpan.FromSeconds(1);

    /// <summary>Of all seats, the share that clients without a good key can hold while they are turned away: they must not keep the others out.</summary>
    private const int StrangersShare = 10;

    private readonly Lock _gate = new();
    private readonly HashSet<LiveSeat> _seats = [];
    private readonly Dictionary<Guid, int> _ofUser = [];
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _strangers;

    public bool Draining { get; private set; }

    public int Count
    {
        get
        {
            lock (_gate) return _seats.Count;
        }
    }

    /// <summary>A seat for one more socket, taken before the upgrade.</summary>
    /// <param name="userId">Null for a client that will be refused over the socket.</param>
    public (LiveSeat? Seat, LiveRefusal Refusal) Take(Guid? userId)
    {
        lock (_gate)
        {
            if (Draining) return (null, LiveRefusal.Draining);
            if (_seats.Count >= settings.MaxSockets) return (null, LiveRefusal.SiloFull);
            if (userId is { } user)
            {
                var count = _ofUser.GetValueOrDefault(user);
                if (count >= settings.MaxSocketsPerUser) return (null, LiveRefusal.UserFull);
                _ofUser[user] = count + 1;
            }
            else
            {
                if (_strangers > settings.MaxSockets / StrangersShare) return (null, LiveRefusal.SiloFull);
                _strangers++;
            }
            var seat = new LiveSeat(userId, Leave);
            _seats.Add(seat);
            return (seat, LiveRefusal.None);
        }
    }

    /// <summary>The most that <see cref="CloseAsync"/> takes.</summary>
    public TimeSpan CloseTime => TimeSpan.FromSeconds(settings.CloseSeconds) + EndMargin;

    /// <summary>Tells all clients that the server goes away, while the server and the grains behind them still work, and waits until they are gone.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        CloseAll();
        await _empty.Task.WaitAsync(CloseTime, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            if (_seats.Count > 0) LiveLog.StillOpen(logger, _seats.Count);
        }
    }

    private void CloseAll()
    {
        LiveSeat[] seats;
        lock (_gate)
        {
            if (Draining) return;
            Draining = true;
            seats = [.. _seats];
            if (seats.Length == 0) _empty.TrySetResult();
        }
        if (seats.Length > 0) LiveLog.ClosingAll(logger, seats.Length);
        foreach (var seat in seats) seat.Close(WebSocketCloseCode.GoingAway, "server restart");
    }

    private void Leave(LiveSeat seat)
    {
        lock (_gate)
        {
            if (!_seats.Remove(seat)) return;
            if (seat.UserId is { } user)
            {
                var left = _ofUser[user] - 1;
                if (left == 0) _ofUser.Remove(user);
                else _ofUser[user] = left;
            }
            else
            {
                _strangers--;
            }
            if (Draining && _seats.Count == 0) _empty.TrySetResult();
        }
    }
}
