using System.Collections.Concurrent;

namespace Postmill.Host.Http.Rates;

/// <summary>
/// Counts requests per caller in whole minutes of the clock. All windows end together, so that forgetting them is dropping one table, and a caller who
/// went away costs nothing after his minute.
/// </summary>
/// <param name="limit">Requests per minute of one caller; 0 counts nothing.</param>
/// <param name="capacity">Callers of one minute; those beyond it share one window.</param>
internal sealed class RateWindows(int limit, int capacity = RateWindows.MostCallers)
{
    /// <summary>Callers counted apart in one minute: about 15 MB at the most.</summary>
    public const int MostCallers = 100_000;

    private const int Seconds = 60;
    private const string Rest = "";
    private readonly Lock _turning = new();
    private volatile Window _window = new(0);

    /// <summary>Counts one request; null where there is no limit.</summary>
    public RateTicket? Take(string caller, DateTimeOffset now)
    {
        if (limit == 0) return null;
        var number = now.ToUnixTimeSeconds() / Seconds;
        var used = Of(number).Count(caller, capacity);
        return new RateTicket(limit, used, now, DateTimeOffset.FromUnixTimeSeconds((number + 1) * Seconds));
    }

    private Window Of(long number)
    {
        var window = _window;
        if (window.Number == number) return window;
        lock (_turning)
        {
            if (_window.Number != number) _window = new Window(number);
            return _window;
        }
    }

    private sealed class Window(long number)
    {
        private readonly ConcurrentDictionary<string, Counter> _callers = new(StringComparer.Ordinal);
        private int _entries;

        public long Number => number;

        public int Count(string caller, int capacity)
        {
            if (!_callers.TryGetValue(caller, out var counter)) counter = Enter(caller, capacity);
            return counter.Next();
        }

        // Two at once may both take a place for one caller; the table is then counted as fuller than it is, never as emptier.
        private Counter Enter(string caller, int capacity)
        {
            var name = Interlocked.Increment(ref _entries) > capacity ? Rest : caller;
            return _callers.GetOrAdd(name, static _ => new Counter());
        }
    }

    private sealed class Counter
    {
        private int _requests;

        public int Next() => Interlocked.Increment(ref _requests);
    }
}
