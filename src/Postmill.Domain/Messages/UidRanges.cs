using System.Collections;

namespace Postmill.Domain.Messages;

/// <summary>
/// A set of IMAP UIDs (RFC 3501 §2.3.1.1) as sorted, disjoint ranges: a mailbox of a million mails is usually a handful of them.
/// Immutable; ranges are inclusive.
/// </summary>
public sealed class UidRanges : IEnumerable<UidRange>
{
    public static readonly UidRanges Empty = new([]);

    private readonly UidRange[] _ranges;

    private UidRanges(UidRange[] sorted) => _ranges = sorted;

    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>How many UIDs.</summary>
    public long Count => _ranges.Sum(r => (long)r.Last - r.First + 1);

    public int RangeCount => _ranges.Length;

    public uint Max => IsEmpty ? 0 : _ranges[^1].Last;

    public UidRange this[int index] => _ranges[index];

    /// <summary>Any order, overlaps allowed; touching ranges are joined.</summary>
    public static UidRanges Of(IEnumerable<UidRange> ranges)
    {
        var joined = new List<UidRange>();
        foreach (var range in ranges.Where(r => r.First <= r.Last).OrderBy(r => r.First))
        {
            if (joined.Count > 0 && range.First <= (long)joined[^1].Last + 1)
                joined[^1] = joined[^1] with { Last = Math.Max(joined[^1].Last, range.Last) };
            else
                joined.Add(range);
        }

        return joined.Count == 0 ? Empty : new([.. joined]);
    }

    public static UidRanges OfUids(IEnumerable<uint> uids) => Of(uids.Select(u => new UidRange(u, u)));

    public static UidRanges Between(uint first, uint last) => Of([new UidRange(first, last)]);

    public bool Contains(uint uid)
    {
        int low = 0, high = _ranges.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (uid < _ranges[middle].First) high = middle - 1;
            else if (uid > _ranges[middle].Last) low = middle + 1;
            else return true;
        }

        return false;
    }

    /// <summary>What is here and not there. Linear in the number of ranges.</summary>
    public UidRanges Except(UidRanges other)
    {
        var left = new List<UidRange>();
        var at = 0;
        foreach (var range in _ranges)
        {
            long first = range.First;
            while (at < other._ranges.Length && other._ranges[at].Last < first) at++;
            for (var i = at; i < other._ranges.Length && other._ranges[i].First <= range.Last && first <= range.Last; i++)
            {
                if (other._ranges[i].First > first) left.Add(new UidRange((uint)first, other._ranges[i].First - 1));
                first = (long)other._ranges[i].Last + 1;
            }

            if (first <= range.Last) left.Add(new UidRange((uint)first, range.Last));
        }

        return left.Count == 0 ? Empty : new([.. left]);
    }

    /// <summary>The set in pieces of at most <paramref name="size"/> UIDs, the newest (highest) first.</summary>
    public IEnumerable<UidRanges> NewestFirst(int size)
    {
        var piece = new List<UidRange>();
        long room = size;
        foreach (var range in _ranges.Reverse())
        {
            long last = range.Last;
            while (last >= range.First)
            {
                var first = Math.Max(range.First, last - room + 1);
                piece.Add(new UidRange((uint)first, (uint)last));
                room -= last - first + 1;
                last = first - 1;
                if (room > 0) continue;
                yield return Of(piece);
                piece.Clear();
                room = size;
            }
        }

        if (piece.Count > 0) yield return Of(piece);
    }

    public IEnumerator<UidRange> GetEnumerator() => _ranges.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The wire form of RFC 3501: <c>1:5,7</c>.</summary>
    public override string ToString() =>
        string.Join(',', _ranges.Select(r => r.First == r.Last ? $"{r.First}" : $"{r.First}:{r.Last}"));
}

/// <summary>UIDs from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public readonly record struct UidRange(uint First, uint Last);
