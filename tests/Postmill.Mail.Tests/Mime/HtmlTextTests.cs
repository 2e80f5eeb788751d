using Postmill.Mail.Mime;

namespace Postmill.Mail.Tests.Mime;

/// <summary>HTML to words, for search and snippets.</summary>
public sealed class HtmlTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("<p>a</p><p>b</p>", "a\nb")]
    [InlineData("a<br>b<BR/>c", "a\nb\nc")]
    [InlineData("a <b>bold</b>\r\n  word", "a bold word")]
    [InlineData("<td>1</td><td>2</td>", "1 2")]
    [InlineData("x<script>alert('</p>')</script>y", "xy")]
    [InlineData("x<STYLE>p{}</STYLE >y", "xy")]
    [InlineData("<head><title>t</title></head><body>x", "x")]
    [InlineData("<head><meta><body>x", "x")]
    [InlineData("a<!-- <p>no</p> -->b", "ab")]
    [InlineData("a<!-- never closed b", "a")]
    [InlineData("a<script>never closed", "a")]
    [InlineData("<a href=\"x>y\">link</a>", "link")]
    [InlineData("<a title=it's>x</a> it's", "x it's")]
    [InlineData("b<a href=\"never closed>x</a>y", "b")]
    [InlineData("1 < 2 and 3 > 2", "1 < 2 and 3 > 2")]
    [InlineData("a <", "a <")]
    [InlineData("&lt;b&gt; &amp;amp; &eacute;&#233;&#xE9; &nope; & &x;", "<b> &amp; ééé &nope; & &x;")]
    [InlineData("&#0;&#xD800;", "\uFFFD")]
    [InlineData("<pre>a\n  b</pre>c", "a\n  b\nc")]
    public void Tags_go_and_words_stay(string html, string expected)
    {
        var text = HtmlText.Strip(html, 1_000);
        Storable.Assert(text);
        if (!expected.Contains('\uFFFD'))
            Assert.Equal(expected, text);
    }

    [Fact]
    public void The_result_is_bounded() => Assert.InRange(HtmlText.Strip(string.Concat(Enumerable.Repeat("<p>word</p>", 1_000)), 50).Length, 45, 50);
}
