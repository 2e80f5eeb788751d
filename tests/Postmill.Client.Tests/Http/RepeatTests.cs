using System.Net;
using static Postmill.Client.Tests.Http.ScriptedServer;

namespace Postmill.Client.Tests.Http;

public sealed class RepeatTests
{
    private const string Busy = """{"success":false,"error":"busy","code":"rate_limited"}""";
    private const string Accounts = """{"success":true,"accounts":[]}""";

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_list_is_asked_for_again_when_the_service_says_when(int status)
    {
        await using var server = Start(Json(status, Busy, "Retry-After: 0"), Json(status, Busy, "Retry-After: 0"), Json(200, Accounts));
        Assert.Empty(await new PostmillClient(server.Http).Accounts.ListAsync());
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task The_wait_is_as_long_as_was_asked_for()
    {
        var clock = new ManualClock();
        var began = clock.GetUtcNow();
        await using var server = Start(Json(429, Busy, "Retry-After: 7"), Json(200, Accounts));
        var list = new PostmillClient(server.Http, new PostmillClientOptions { Clock = clock }).Accounts.ListAsync();
        await Eventually.TrueAsync("the list is there", () =>
        {
            if (!list.IsCompleted && server.Requests.Count < 2) clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(list.IsCompleted);
        });
        Assert.Empty(await list);
        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task It_gives_up_after_a_few()
    {
        await using var server = Start(Json(503, Busy, "Retry-After: 0"));
        var e = await Assert.ThrowsAsync<PostmillException>(() => new PostmillClient(server.Http).Accounts.ListAsync());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "rate_limited", TimeSpan.Zero), (e.Status!.Value, e.Code, e.RetryAfter!.Value));
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData(429, "Retry-After: 3600")] // longer than anybody waits
    [InlineData(503, "X-Nothing: 1")]      // no word of when
    [InlineData(500, "Retry-After: 0")]    // not a matter of time
    public async Task Otherwise_the_refusal_is_thrown_at_once(int status, string header)
    {
        await using var server = Start(Json(status, Busy, header));
        await Assert.ThrowsAsync<PostmillException>(() => new PostmillClient(server.Http).Accounts.ListAsync());
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task What_may_not_happen_twice_is_not_sent_twice()
    {
        await using var server = Start(Json(503, Busy, "Retry-After: 0"));
        var client = new PostmillClient(server.Http);
        await Assert.ThrowsAsync<PostmillException>(() => client.Sync.NowAsync());
        await Assert.ThrowsAsync<PostmillException>(() => client.Accounts.ChangeAsync("a", new AccountChange { Name = "b" }));
        await Assert.ThrowsAsync<PostmillException>(() => client.SignInAsync("a@example.org", "secret"));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_date_is_a_wait_too()
    {
        var clock = new ManualClock();
        await using var server = Start(Json(429, Busy, $"Retry-After: {clock.GetUtcNow().AddHours(1):R}"));
        var e = await Assert.ThrowsAsync<PostmillException>(() => new PostmillClient(server.Http, new PostmillClientOptions { Clock = clock }).Accounts.ListAsync());
        Assert.Equal(TimeSpan.FromHours(1), e.RetryAfter);
    }
}
