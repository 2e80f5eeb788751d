using System.Net;
using static Postmill.Client.Tests.Http.ScriptedServer;

namespace Postmill.Client.Tests.Http;

/// <summary>Whatever the other end sends: one clear exception, in bounded memory and time.</summary>
public sealed class HostileServerTests
{
    [Fact]
    public async Task An_answer_longer_than_the_limit_is_not_read_to_its_end()
    {
        var written = 0L;
        await using var server = Start(async request =>
        {
            await request.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"accounts\":[],\"pad\":\"");
            var block = new string('x', 65_536);
            for (; written < 256 * 1024 * 1024; written += block.Length) await request.WriteAsync(block);
        });
        var e = await FailsAsync(server, new PostmillClientOptions { AnswerBytes = 1_000_000 });
        Assert.Equal("answer_too_large", e.Code);
        Assert.True(written < 64 * 1024 * 1024, $"{written} bytes went out");
    }

    [Theory]
    [InlineData("""{"accounts":{}}""")]
    [InlineData("""{"accounts":[{"id":7,"email":"a@b"}]}""")]
    [InlineData("""{"accounts":[{"id":"7"}]}""")]
    [InlineData("""{"accounts":null}""")]
    [InlineData("""{"accounts":[null,""")]
    [InlineData("""{}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("<html>hello</html>")]
    [InlineData("{\"accounts\":[]} and more")]
    public async Task An_answer_of_another_shape_is_a_bad_answer(string body)
    {
        await using var server = Start(Json(200, body));
        Assert.Equal("bad_answer", (await FailsAsync(server)).Code);
    }

    [Fact]
    public async Task An_answer_that_is_deeper_than_any_of_ours_is_a_bad_answer()
    {
        await using var server = Start(Json(200, $$"""{"accounts":[],"x":{{new string('[', 5_000)}}{{new string(']', 5_000)}}}"""));
        Assert.Equal("bad_answer", (await FailsAsync(server)).Code);
    }

    [Fact]
    public async Task What_a_newer_service_says_more_is_passed_over()
    {
        await using var server = Start(Json(200, """{"success":true,"accounts":[],"quota":{"left":[1,2]},"next":null}"""));
        Assert.Empty(await new PostmillClient(server.Http).Accounts.ListAsync());
    }

    [Fact]
    public async Task A_body_that_ends_before_its_end_is_a_lost_connection()
    {
        await using var server = Start(request => request.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{\"accounts\":["));
        Assert.Equal("connection_lost", (await FailsAsync(server)).Code);
    }

    [Fact]
    public async Task A_service_that_says_nothing_is_a_timeout()
    {
        await using var server = Start(request => Task.Delay(Timeout.Infinite, request.Ended));
        Assert.Equal("timeout", (await FailsAsync(server, new PostmillClientOptions { AnswerTime = TimeSpan.FromMilliseconds(200), Repeats = 0 })).Code);
    }

    [Fact]
    public async Task A_body_that_stops_in_the_middle_is_a_timeout()
    {
        await using var server = Start(async request =>
        {
            await request.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{\"accounts\":[");
            await Task.Delay(Timeout.Infinite, request.Ended);
        });
        Assert.Equal("timeout", (await FailsAsync(server, new PostmillClientOptions { AnswerTime = TimeSpan.FromMilliseconds(200), Repeats = 0 })).Code);
    }

    [Fact]
    public async Task Nobody_there_is_unreachable_and_says_where()
    {
        using var http = new HttpClient { BaseAddress = new Uri("http://127.0.0.1:1/below") };
        var e = await Assert.ThrowsAsync<PostmillException>(() => new PostmillClient(http).Accounts.ListAsync());
        Assert.Equal(("unreachable", null), (e.Code, e.Status));
        Assert.Contains("http://127.0.0.1:1/below/", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_callers_cancellation_stays_a_cancellation()
    {
        await using var server = Start(request => Task.Delay(Timeout.Infinite, request.Ended));
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new PostmillClient(server.Http).Accounts.ListAsync(cancelled.Token));
    }

    [Theory]
    [InlineData("<html>Bad Gateway</html>", "http_502", "the service answered 502")]
    [InlineData("""{"success":false,"error":"no\u001b[31m\nwords","code":"imap_unreachable","accountId":"x"}""", "imap_unreachable", "no [31m words")]
    [InlineData("""{"error":{"message":"x"}}""", "http_502", "the service answered 502")]
    [InlineData("", "http_502", "the service answered 502")]
    public async Task A_refusal_has_a_code_and_one_line_whoever_wrote_it(string body, string code, string text)
    {
        await using var server = Start(Json(502, body));
        var e = await FailsAsync(server);
        Assert.Equal((HttpStatusCode.BadGateway, code, text), (e.Status!.Value, e.Code, e.Message));
    }

    [Fact]
    public async Task A_refusal_of_a_megabyte_costs_a_line()
    {
        await using var server = Start(Json(400, $$"""{"error":"{{new string('x', 1_000_000)}}","code":"c"}"""), Json(400, $$"""{"error":"{{new string('x', 10_000)}}","code":"c"}"""));
        Assert.Equal("http_400", (await FailsAsync(server)).Code);
        Assert.Equal(501, (await FailsAsync(server)).Message.Length);
    }

    [Fact]
    public async Task A_list_that_never_ends_is_noticed()
    {
        await using var empty = Start(Json(200, """{"emails":[],"next_cursor":"a"}"""));
        var e = await Assert.ThrowsAsync<PostmillException>(async () => await new PostmillClient(empty.Http).Emails.ListAsync("a").CountAsync());
        Assert.Equal("bad_answer", e.Code);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    public async Task An_id_that_would_be_another_path_is_refused_here(string id)
    {
        await using var server = Start(Json(200, "{}"));
        await Assert.ThrowsAsync<ArgumentException>(() => new PostmillClient(server.Http).Emails.GetAsync(id));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_id_is_one_segment_whatever_it_holds()
    {
        await using var server = Start(Json(404, "{}"));
        await Assert.ThrowsAsync<PostmillException>(() => new PostmillClient(server.Http).Emails.GetAsync("a/../b?c#d"));
        Assert.Equal("/api/emails/a%2F..%2Fb%3Fc%23d", server.Requests.Single().Target);
    }

    private static Task<PostmillException> FailsAsync(ScriptedServer server, PostmillClientOptions? options = null) =>
        Assert.ThrowsAsync<PostmillException>(() => new PostmillClient(server.Http, options).Accounts.ListAsync());
}
