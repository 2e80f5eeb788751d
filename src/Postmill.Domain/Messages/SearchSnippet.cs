using System.Text;

namespace Postmill.Domain.Messages;

/// <summary>The part of a text that shows why a mail was found, as HTML: hits between <c>&lt;mark&gt;</c>, all else escaped, blanks as one.</summary>
public static class SearchSnippet
{
    /// <summary>Null when the text has none of the terms.</summary>
    public static string? Html(string text, IEnumerable<SearchTerm> terms)
    {
        var hits = SearchHits.In(text, terms);
        return hits.Count == 0 ? null : Write(text, hits, Begin(text, Best(hits)));
    }

    public static string Escape(string text) => Write(text, [], 0);

    /// <summary>Of all hits the one that has most others behind it within the snippet.</summary>
    private static int Best(IReadOnlyList<(int Start, int End)> hits)
    {
        int best = 0, most = 0, end = 0;
        for (var at = 0; at < hits.Count; at++)
        {
            while (end < hits.Count && hits[end].Start - hits[at].Start < SearchLimits.SnippetChars - SearchLimits.SnippetLead) end++;
            if (end - at > most) (best, most) = (at, end - at);
        }

        return hits[best].Start;
    }

    /// <summary>A little before the hit, at the beginning of a word if there is one.</summary>
    private static int Begin(string text, int hit)
    {
        var from = Math.Max(0, hit - SearchLimits.SnippetLead);
        if (from == 0) return 0;
        var blank = text.AsSpan(from, hit - from).IndexOfAny(" \n\t");
        if (blank >= 0) return from + blank + 1;
        return char.IsLowSurrogate(text[from]) ? from - 1 : from;
    }

    private static string Write(string text, IReadOnlyList<(int Start, int End)> hits, int from)
    {
        var html = new StringBuilder(SearchLimits.SnippetChars * 2);
        if (from > 0) html.Append('…');
        var (next, marked, shown, at) = (0, false, 0, from);
        var blank = true; // none at the beginning
        for (; at < text.Length && shown < SearchLimits.SnippetChars; at++)
        {
            while (next < hits.Count && at >= hits[next].End) Close(ref next);
            if (next < hits.Count && at == hits[next].Start) Open();
            var c = text[at];
            if (char.IsWhiteSpace(c))
            {
                if (!blank) shown++;
                if (!blank) html.Append(' ');
                blank = true;
                continue;
            }

            blank = false;
            shown++;
            Append(html, c);
        }

        if (at < text.Length && char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1])) html.Append(text[at++]);
        if (marked) html.Append("</mark>");
        if (at < text.Length) html.Append('…');
        return html.ToString();

        void Open()
        {
            html.Append("<mark>");
            marked = true;
        }

        void Close(ref int hit)
        {
            if (marked) html.Append("</mark>");
            marked = false;
            hit++;
        }
    }

    private static void Append(StringBuilder html, char c) => _ = c switch
    {
        '&' => html.Append("&amp;"),
        '<' => html.Append("&lt;"),
        '>' => html.Append("&gt;"),
        '"' => html.Append("&quot;"),
        '\'' => html.Append("&#39;"),
        _ => html.Append(c),
    };
}
