using Postmill.Domain.Messages;

namespace Postmill.Domain.Tests.Messages;

public sealed class SearchQueryParserTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Hello World", "hello & world")]
    [InlineData("\"Hello World\" -Spam", "<hello world> & !spam")]
    [InlineData("rechnung* -\"a b\"*", "rechnung* & !<a b*>")]
    [InlineData("ada@sender.example report.pdf", "<ada sender example> & <report pdf>")]
    [InlineData("東京都 水", "<東京 京都> & 水*")]
    [InlineData("Grüße* École", "grusse* & ecole")]
    [InlineData("from:Ada from:ada@Sender.example", "from:ada & from:ada@sender.example")]
    [InlineData("to:\"Ada Lovelace\" -subject:lunch*", "to:<ada lovelace> & !subject:lunch*")]
    [InlineData("Re: https://example.org/a?b Note:x", "re & <https example org a b> & <note x>")]
    [InlineData("subject: lunch", "subject & lunch")]
    [InlineData("“on a phone” x", "<on a phone> & x")]
    [InlineData("\"never closed -x", "<never closed x>")]
    [InlineData("a & b | !c <-> (d):*", "a & b & c & d*")]
    [InlineData("--x - \"\" ...", "!x")]
    public void Words_become_terms(string text, string terms)
    {
        Assert.True(SearchQueryParser.TryParse(text, out var query, out var problem), problem);
        Assert.Equal(terms, string.Join(" & ", query.Terms.Select(Show)));
        Assert.Empty(query.Conditions);
    }

    [Fact]
    public void Fields_become_conditions()
    {
        Assert.True(SearchQueryParser.TryParse(
            "in:\"Archive 2026\" -in:spam has:attachment -is:unread is:starred after:2026-01-31 before:2026-02-01T08:30:00+01:00 tag:Work id:<a@b> thread:x", out var query, out _));
        Assert.Empty(query.Terms);
        Assert.Equal(
            [
                new(new EmailFilter(Folder: "Archive 2026")), new(new EmailFilter(Folder: "spam"), true), new(new EmailFilter(HasAttachments: true)),
                new(new EmailFilter(Unread: true), true), new(new EmailFilter(Starred: true)), new(new EmailFilter(After: new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero))),
                new(new EmailFilter(Before: new(2026, 2, 1, 7, 30, 0, TimeSpan.Zero))), new(new EmailFilter(Tag: "Work")), new(new EmailFilter(MessageId: "a@b")),
                new(new EmailFilter(ThreadId: Guid.Empty)),
            ],
            query.Conditions);
    }

    [Theory]
    [InlineData("!!! & | <->", "holds no word")]
    [InlineData("-", "holds no word")]
    [InlineData("\"", "holds no word")]
    [InlineData("from:!!!", "from: needs a word")]
    [InlineData("is:blue", "is: knows")]
    [InlineData("has:\"\"", "has: knows")]
    [InlineData("in:\"\"", "in: needs a value")]
    [InlineData("after:yesterday", "after: needs a date")]
    [InlineData("before:2026-02-30", "before: needs a date")]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33", "at most 32 terms")]
    public void What_cannot_be_meant_is_refused_with_a_sentence(string text, string problem)
    {
        Assert.False(SearchQueryParser.TryParse(text, out _, out var said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_is_bounded()
    {
        Assert.False(SearchQueryParser.TryParse(new string('a', 10_000), out _, out var said));
        Assert.Contains("characters", said, StringComparison.Ordinal);
        Assert.True(SearchQueryParser.TryParse(new string('水', SearchLimits.QueryChars), out var query, out _));
        Assert.Equal(SearchLimits.TermWords, Assert.Single(query.Terms).Words.Count);
    }

    [Fact]
    public void Any_text_is_a_query_or_a_sentence()
    {
        var random = new Random(3);
        const string alphabet = "ab \"\"-*:&|!()'\\<>@.\t\0水ü\uD800\u0301";
        for (var round = 0; round < 5_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(12) == 0 ? "from:" : alphabet[random.Next(alphabet.Length)].ToString()));
            var good = SearchQueryParser.TryParse(text, out var query, out var problem);
            Assert.Equal(good, problem.Length == 0);
            Assert.All(query.Terms, term => Assert.All(term.Words, word => Assert.NotEqual("", word)));
            if (good) Assert.Equal(string.IsNullOrWhiteSpace(text), query.IsEmpty);
        }
    }

    private static string Show(SearchTerm term)
    {
        var words = string.Join(' ', term.Words) + (term.IsPrefix ? "*" : "");
        var field = term.Field == SearchField.Anywhere ? "" : $"{term.Field.ToString().ToLowerInvariant()}:";
        return $"{(term.IsNegated ? "!" : "")}{field}{(term.Words.Count > 1 ? $"<{words}>" : words)}";
    }
}
