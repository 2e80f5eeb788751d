using Postmill.Domain.Messages;

namespace Postmill.Domain.Tests.Messages;

public sealed class SearchSnippetTests
{
    [Theory]
    [InlineData("lunch", "Lunch at noon", "<mark>Lunch</mark> at noon")]
    [InlineData("grusse*", "Viele Grüße & Grüßend!", "Viele <mark>Grüße</mark> &amp; <mark>Grüßend</mark>!")]
    [InlineData("\"at noon\"", "noon? at\n\n  noon.", "noon? <mark>at noon</mark>.")]
    [InlineData("京都", "東京都です", "東<mark>京都</mark>です")]
    [InlineData("東京都", "いま東京都です", "いま<mark>東京都</mark>です")]
    [InlineData("b a", "a b c", "<mark>a</mark> <mark>b</mark> c")]
    [InlineData("script", "<script>\"x\" & 'y'", "&lt;<mark>script</mark>&gt;&quot;x&quot; &amp; &#39;y&#39;")]
    [InlineData("x", "nothing here", null)]
    public void Hits_are_marked_and_all_else_is_escaped(string query, string text, string? html) => Assert.Equal(html, Html(text, query));

    [Fact]
    public void A_long_text_is_shown_around_the_place_with_most_hits()
    {
        var text = string.Concat(Enumerable.Repeat("filler words ", 100)) + "needle " + string.Concat(Enumerable.Repeat("more words ", 100)) + "needle and needle " + new string('z', 500);
        var html = Html(text, "needle")!;
        Assert.StartsWith("…", html, StringComparison.Ordinal);
        Assert.Contains("<mark>needle</mark> and <mark>needle</mark>", html, StringComparison.Ordinal);
        Assert.EndsWith("…", html, StringComparison.Ordinal);
        Assert.InRange(html.Replace("<mark>", "", StringComparison.Ordinal).Replace("</mark>", "", StringComparison.Ordinal).Length, 100, SearchLimits.SnippetChars + 2);
    }

    [Fact]
    public void Marks_are_closed_and_characters_whole_wherever_the_text_is_cut()
    {
        for (var lead = 0; lead < 300; lead++)
        {
            var html = Html(new string('x', lead) + string.Concat(Enumerable.Repeat("😀", 200)) + " needle " + string.Concat(Enumerable.Repeat("𠮷", 300)), "needle 𠮷𠮷")!;
            Assert.Equal(html.Split("<mark>").Length, html.Split("</mark>").Length);
            Assert.Equal(html, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(html)));
        }
    }

    private static string? Html(string text, string query)
    {
        Assert.True(SearchQueryParser.TryParse(query, out var parsed, out _));
        return SearchSnippet.Html(text, parsed.Terms);
    }
}
