namespace Postmill.Domain.Messages;

/// <summary>Where a text has what was looked for, found as the index finds it: the text is cut by the same <see cref="SearchWords"/>.</summary>
public sealed class SearchHits
{
    private readonly List<Progress> _terms;
    private readonly List<(int Start, int End)> _hits = [];
    private readonly int _length;

    private SearchHits(int length, IEnumerable<SearchTerm> terms)
    {
        _length = length;
        _terms = [.. terms.Select(term => new Progress(term))];
    }

    /// <summary>In order, not touching each other.</summary>
    public static IReadOnlyList<(int Start, int End)> In(string text, IEnumerable<SearchTerm> terms)
    {
        var hits = new SearchHits(text.Length, terms);
        if (hits._terms.Count > 0) SearchWords.Visit(text, hits, static (word, place, self) => self.Hear(word, place));
        return hits.Merged();
    }

    private bool Hear(ReadOnlySpan<char> word, Range place)
    {
        var (start, length) = place.GetOffsetAndLength(_length);
        foreach (var term in _terms)
        {
            if (term.Hear(word, start)) _hits.Add((term.Start, start + length));
        }

        return _hits.Count < SearchLimits.Hits;
    }

    private List<(int Start, int End)> Merged()
    {
        var merged = new List<(int Start, int End)>(_hits.Count);
        foreach (var hit in _hits.Order())
        {
            if (merged.Count > 0 && hit.Start <= merged[^1].End) merged[^1] = (merged[^1].Start, Math.Max(merged[^1].End, hit.End));
            else merged.Add(hit);
        }

        return merged;
    }

    /// <summary>How far into a term the last words have come. A phrase that begins again within itself may lose a mark, never a mail.</summary>
    private sealed class Progress(SearchTerm term)
    {
        private int _heard;

        public int Start { get; private set; }

        public bool Hear(ReadOnlySpan<char> word, int start)
        {
            if (_heard > 0 && !Fits(word)) _heard = 0;
            if (!Fits(word)) return false;
            if (_heard == 0) Start = start;
            if (++_heard < term.Words.Count) return false;
            _heard = 0;
            return true;
        }

        private bool Fits(ReadOnlySpan<char> word)
        {
            var wanted = term.Words[_heard];
            return term.IsPrefix && _heard == term.Words.Count - 1 ? word.StartsWith(wanted, StringComparison.Ordinal) : word.SequenceEqual(wanted);
        }
    }
}
