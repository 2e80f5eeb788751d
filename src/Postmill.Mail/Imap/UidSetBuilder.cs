namespace Postmill.Mail.Imap;

/// <summary>Collects UIDs and ranges in any order; ascending input (the normal case) is merged while it comes.</summary>
public sealed class UidSetBuilder
{
    private readonly List<UidRange> _ranges = [];
    private bool _sorted = true;

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => _ranges.Count == 0;

    /// <summary>Adds one UID; 0 is not a UID and is left out.</summary>
    public void Add(uint uid) => Add(uid, uid);

    /// <summary>Adds a range, its ends in any order (RFC 9051: <c>4:2</c> is <c>2:4</c>).</summary>
    public void Add(uint one, uint other)
    {
        var first = Math.Max(Math.Min(one, other), 1);
        var last = Math.Max(one, other);
        if (last == 0) return;
        if (_ranges.Count > 0 && _sorted)
        {
            var previous = _ranges[^1];
            if (first >= previous.First && first <= previous.Last + 1L)
            {
                if (last > previous.Last) _ranges[^1] = previous with { Last = last };
                return;
            }
            _sorted = first > previous.Last;
        }
        _ranges.Add(new UidRange(first, last));
    }

    /// <summary>Adds every UID of a set.</summary>
    public void Add(UidSet set)
    {
        foreach (var range in set.Ranges) Add(range.First, range.Last);
    }

    /// <summary>The set; the builder can go on.</summary>
    public UidSet Build()
    {
        if (!_sorted) Normalize();
        return _ranges.Count == 0 ? UidSet.Empty : new UidSet([.. _ranges]);
    }

    private void Normalize()
    {
        var unsorted = _ranges.ToArray();
        Array.Sort(unsorted, (a, b) => a.First.CompareTo(b.First));
        _ranges.Clear();
        _sorted = true;
        foreach (var range in unsorted) Add(range.First, range.Last);
    }
}
