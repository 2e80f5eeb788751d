using Postmill.Domain.Sending;

namespace Postmill.Grains.Sending;

/// <summary>
/// The account's limits while it sends. Its time begins at the storage's clock, which all owners share, or where the kept marks end if that is later, and then runs by the monotonic clock: a
/// wall clock that is set forward does not open a window early, one that is set back does not hold everything up.
/// </summary>
internal sealed class Pacer
{
    /// <summary>What the clocks of two owners can be apart, each by 5 s: a storage that failed over has another clock too. It costs what is left of a slot, once an owner.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly DateTimeOffset _origin;
    private readonly long _start;
    private Pace _pace;
    private readonly HashSet<Place> _underWay = [];
    private int _reserved;

    /// <param name="kept">What an earlier owner left.</param>
    /// <param name="asked">The timestamp before it was read.</param>
    /// <param name="doubtful">Mails that were under way when that owner went: they count from now.</param>
    public Pacer(IReadOnlyList<PaceLimit> limits, KeptPace kept, long asked, int doubtful, TimeProvider time)
    {
        (_time, _start) = (time, asked);
        _origin = kept.Pace?.Newest is { } newest && newest > kept.At ? newest : kept.At;
        var now = Now;
        _pace = Pace.Of(limits, kept.Pace, now).Later(Skew + (now - _origin), now);
        if (doubtful > 0) _pace = _pace.Take(doubtful, now);
    }

    /// <summary>Other limits hold from now on. What was used of a span stays used; one that had no limit begins empty.</summary>
    public void Limit(IReadOnlyList<PaceLimit> limits)
    {
        lock (_gate) _pace = Pace.Of(limits, _pace, Now);
    }

    private DateTimeOffset Now => _origin + _time.GetElapsedTime(_start);

    /// <summary>What is to be kept with the next commit; null when nothing is limited.</summary>
    public Pace? Kept
    {
        get { lock (_gate) return _pace.IsFree ? null : _pace; }
    }

    /// <summary>A place for one mail, or null and how long until there may be one.</summary>
    public bool TryReserve(out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        lock (_gate)
        {
            if (_pace.IsFree)
            {
                _reserved++; // a limit may come before it is used
                return true;
            }

            var now = Now;
            KeepUp(now);
            if (_pace.Free(now) > _reserved)
            {
                _reserved++;
                return true;
            }

            var next = _pace.NextAt(now) - now;
            wait = next > TimeSpan.FromMilliseconds(1) ? next : TimeSpan.FromMilliseconds(1);
            return false;
        }
    }

    /// <summary>The reserved place is not used.</summary>
    public void Return()
    {
        lock (_gate) _reserved--;
    }

    /// <summary>The reserved place is used from now on: its mail's intent is being committed.</summary>
    public Place Use()
    {
        lock (_gate)
        {
            var place = new Place(Now);
            _reserved--;
            if (_pace.IsFree) return place;
            _pace = _pace.Take(1, place.At);
            _underWay.Add(place);
            return place;
        }
    }

    /// <summary>The mail ended now; it may have reached the server as late as this.</summary>
    public void Ended(Place place)
    {
        lock (_gate) if (_underWay.Remove(place)) Move(place, Now);
    }

    /// <summary>A mail that is under way may reach the server only now: until it ends it counts from now, however long that takes.</summary>
    private void KeepUp(DateTimeOffset now)
    {
        foreach (var place in _underWay) Move(place, now);
    }

    private void Move(Place place, DateTimeOffset now)
    {
        _pace = _pace.Move(place.At, now);
        place.At = now;
    }

    /// <summary>What one mail under way takes of the limits.</summary>
    public sealed class Place(DateTimeOffset at)
    {
        /// <summary>Where it is marked.</summary>
        public DateTimeOffset At { get; set; } = at;
    }
}
