using System.Globalization;
using System.Text;

namespace Postmill.Protocols.Imap;

/// <summary>
/// A set of UIDs (RFC 9051 <c>sequence-set</c>) as sorted ranges that neither overlap nor touch. Never expanded by itself: a hostile
/// <c>1:4294967295</c> is one range.
/// </summary>
public sealed class UidSet
{
    private readonly UidRange[] _ranges;

    internal UidSet(UidRange[] normalized)
    {
        _ranges = normalized;
        foreach (var range in normalized) Count += range.Count;
    }

    /// <summary>No UID.</summary>
    public static UidSet Empty { get; } = new([]);

    /// <summary>Every UID: <c>1:*</c>.</summary>
    public static UidSet All { get; } = From(1);

    /// <summary>The ranges, ascending.</summary>
    public IReadOnlyList<UidRange> Ranges => _ranges;

    /// <summary>Number of UIDs named, at most 2^32 - 1.</summary>
    public long Count { get; }

    /// <summary>Whether no UID is named.</summary>
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>Every UID from one on: <c>n:*</c>.</summary>
    public static UidSet From(uint first) => new([new UidRange(Math.Max(first, 1), uint.MaxValue)]);

    /// <summary>A set of single UIDs, in any order, with or without repetitions; 0 is left out.</summary>
    public static UidSet Of(params IEnumerable<uint> uids)
    {
        var builder = new UidSetBuilder();
        foreach (var uid in uids) builder.Add(uid, uid);
        return builder.Build();
    }

    /// <summary>A set of ranges, in any order.</summary>
    public static UidSet OfRanges(IEnumerable<UidRange> ranges)
    {
        var builder = new UidSetBuilder();
        foreach (var range in ranges) builder.Add(range.First, range.Last);
        return builder.Build();
    }

    /// <summary>Whether the set names the UID; logarithmic in the number of ranges.</summary>
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

    /// <summary>Every UID, ascending. The caller bounds how many it takes.</summary>
    public IEnumerable<uint> Enumerate()
    {
        foreach (var range in _ranges)
        {
            for (long uid = range.First; uid <= range.Last; uid++) yield return (uint)uid;
        }
    }

    /// <summary>Parts whose text is at most <paramref name="maxBytes"/> long and that name at most <paramref name="maxUids"/> UIDs.</summary>
    /// <param name="maxBytes">Bytes of one part on the wire, at least 21 (one range).</param>
    /// <param name="maxUids">UIDs of one part; an open end (<c>*</c>) is never cut.</param>
    public IEnumerable<UidSet> Split(int maxBytes, long maxUids = long.MaxValue)
    {
        var part = new List<UidRange>();
        int bytes = 0;
        long uids = 0;
        foreach (var whole in _ranges)
        {
            var rest = whole;
            while (true)
            {
                var length = WireLength(rest);
                if (part.Count > 0 && (bytes + length > maxBytes || uids >= maxUids))
                {
                    yield return new UidSet([.. part]);
                    part.Clear();
                    (bytes, uids) = (0, 0);
                }
                bytes += length;
                var room = maxUids - uids;
                var cut = rest.Last != uint.MaxValue && rest.Count > room;
                var taken = cut ? rest with { Last = (uint)(rest.First + room - 1) } : rest;
                part.Add(taken);
                uids += taken.Count;
                if (!cut) break;
                rest = rest with { First = taken.Last + 1 };
            }
        }
        if (part.Count > 0) yield return new UidSet([.. part]);
    }

    /// <summary>The set as it goes on the wire.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (first, last) in _ranges)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(CultureInfo.InvariantCulture, $"{first}");
            if (last == uint.MaxValue) text.Append(":*");
            else if (last != first) text.Append(CultureInfo.InvariantCulture, $":{last}");
        }
        return text.ToString();
    }

    private static int WireLength(UidRange range) => Digits(range.First) + 2 + (range.Last == range.First ? 0 : Digits(range.Last));

    private static int Digits(uint n) => n < 10 ? 1 : (int)Math.Log10(n) + 1;
}
