using NpgsqlTypes;
using Postmill.Domain.Messages;
using Weight = NpgsqlTypes.NpgsqlTsQueryLexeme.Weight;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>Terms as a <c>tsquery</c>. It is sent as a tree of words in binary: no text of a person is ever read as an operator.</summary>
internal static class TsQueries
{
    /// <summary>Null without terms.</summary>
    public static NpgsqlTsQuery? Of(IReadOnlyList<SearchTerm> terms)
    {
        NpgsqlTsQuery? all = null;
        foreach (var term in terms)
        {
            var one = Phrase(term);
            if (term.IsNegated) one = new NpgsqlTsQueryNot(one);
            all = all is null ? one : new NpgsqlTsQueryAnd(all, one);
        }

        return all;
    }

    private static NpgsqlTsQuery Phrase(SearchTerm term)
    {
        var weight = WeightOf(term.Field);
        var last = term.Words.Count - 1;
        NpgsqlTsQuery phrase = new NpgsqlTsQueryLexeme(term.Words[0], weight, term.IsPrefix && last == 0);
        for (var at = 1; at <= last; at++)
            phrase = new NpgsqlTsQueryFollowedBy(phrase, 1, new NpgsqlTsQueryLexeme(term.Words[at], weight, term.IsPrefix && at == last));
        return phrase;
    }

    /// <summary>As <see cref="SearchVector"/> gives them.</summary>
    private static Weight WeightOf(SearchField field) => field switch
    {
        SearchField.Anywhere => Weight.None,
        SearchField.Subject => Weight.A,
        SearchField.From => Weight.B,
        SearchField.To => Weight.C,
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "no such field"),
    };
}
