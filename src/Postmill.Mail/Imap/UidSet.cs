using System.Globalization;
using System.Text;

namespace Postmill.Mail.Imap;

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

    /// <summary>Whether it goes to the end of the mailbox (<c>*</c>).</summary>
    public bool IsOpen => _ranges is [.., { Last: uint.MaxValue }];

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

    /// <summary>Without the UIDs of another set.</summary>
    public UidSet Except(UidSet other)
    {
        var left = new UidSetBuilder();
        var next = 0;
        foreach (var range in _ranges)
        {
            long first = range.First;
            while (next < other._ranges.Length && other._ranges[next].Last < first) next++;
            for (var i = next; i < other._ranges.Length && other._ranges[i].First <= range.Last; i++)
            {
                if (other._ranges[i].First > first) left.Add((uint)first, other._ranges[i].First - 1);
                first = other._ranges[i].Last + 1L;
            }

            if (first <= range.Last) left.Add((uint)first, range.Last);
        }

        return left.Build();
    }

    /// <summary>Parts that name at most <paramref name="maxUids"/> UIDs; an open end (<c>*</c>) is never cut.</summary>
    public IEnumerable<UidSet> Split(long maxUids)
    {
        var part = new List<UidRange>();
        long uids = 0;
        foreach (var whole in _ranges)
        {
            var rest = whole;
            while (true)
            {
                if (uids >= maxUids)
                {
                    yield return new UidSet([.. part]);
                    part.Clear();
                    uids = 0;
                }
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

    /// <summary>A set such as <c>4:2,7,9:*</c> (RFC 9051 §9); null when it is not one.</summary>
    public static UidSet? TryParse(ReadOnlySpan<char> text)
    {
        var set = new UidSetBuilder();
        foreach (var part in text.Split(','))
        {
            var range = text[part];
            var colon = range.IndexOf(':');
            if (!TryUid(colon < 0 ? range : range[..colon], out var first)) return null;
            var last = first;
            if (colon >= 0 && !TryUid(range[(colon + 1)..], out last)) return null;
            set.Add(first, last);
        }
        return set.Build();
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

    private static bool TryUid(ReadOnlySpan<char> text, out uint uid)
    {
        uid = uint.MaxValue;
        return text is "*" || uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uid);
    }
}
