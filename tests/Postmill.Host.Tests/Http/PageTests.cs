using Microsoft.AspNetCore.Http;
using Postmill.Host.Http;

namespace Postmill.Host.Tests.Http;

public sealed class PageTests
{
    [Fact]
    public void Twenty_from_the_top_unless_asked_otherwise() => Assert.Equal(new Page(20, 0, null), Read("").Value);

    [Theory]
    [InlineData("?limit=1&offset=7", 1, 7)]
    [InlineData("?limit=100", 100, 0)]
    public void Limit_and_offset_are_taken(string query, int limit, int offset) => Assert.Equal(new Page(limit, offset, null), Read(query).Value);

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=101", "limit")]
    [InlineData("?limit=-1", "limit")]
    [InlineData("?limit=", "limit")]
    [InlineData("?limit=ten", "limit")]
    [InlineData("?limit=1&limit=2", "limit")]
    [InlineData("?limit=99999999999999999999", "limit")]
    [InlineData("?offset=-1", "offset")]
    [InlineData("?offset=1000001", "offset")]
    [InlineData("?cursor=", "cursor")]
    [InlineData("?cursor=%00", "cursor")]
    [InlineData("?cursor=AA", "cursor")]
    [InlineData("?cursor=not*base64", "cursor")]
    public void What_is_out_of_range_is_400_and_named(string query, string field)
    {
        var refusal = Read(query).Refusal;
        Assert.Equal(400, refusal?.Status);
        Assert.StartsWith(field, refusal!.Fields!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-01-15T10:00:00Z/0193")]
    [InlineData("ünï/cödé+&=")]
    public void A_cursor_comes_back_as_it_was_given(string position) =>
        Assert.Equal(position, Read("?cursor=" + PageCursor.Encode(position)).Value?.Cursor);

    private static Bound<Page> Read(string query)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        return Page.Read(http.Request);
    }
}
