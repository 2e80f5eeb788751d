namespace Postmill.Domain.Access;

/// <summary>
/// Counts failures per key in a fixed window that opens with the first one; at the limit the key waits for the window's end. The table is
/// bounded: when it is full the entries whose windows ended go first, then the oldest.
/// </summary>
public sealed class FailureCounter(int limit, TimeSpan window, int capacity = AccessLimits.MaxFailureEntries)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (_gate) return _entries.Count;
        }
    }

    /// <summary>How long the key must wait, or null when it may try.</summary>
    public TimeSpan? Wait(string key, DateTimeOffset now)
    {
        lock (_gate)
            return _entries.TryGetValue(key, out var entry) && entry.Failures >= limit && entry.End > now ? entry.End - now : null;
    }

    public void Failed(string key, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var entry) && entry.End > now)
            {
                _entries[key] = entry with { Failures = entry.Failures + 1 };
                return;
            }
            if (_entries.Count >= capacity && !_entries.ContainsKey(key)) MakeRoom(now);
            _entries[key] = new Entry(1, now + window);
        }
    }

    public void Succeeded(string key)
    {
        lock (_gate) _entries.Remove(key);
    }

    // A tenth at a time, so that a full table does not pay a whole scan for each new entry.
    private void MakeRoom(DateTimeOffset now)
    {
        var ended = _entries.Where(e => e.Value.End <= now).Select(e => e.Key).ToList();
        var gone = ended.Count > 0 ? ended : [.. _entries.OrderBy(e => e.Value.End).Take(Math.Max(1, capacity / 10)).Select(e => e.Key)];
        foreach (var key in gone) _entries.Remove(key);
    }

    private readonly record struct Entry(int Failures, DateTimeOffset End);
}
