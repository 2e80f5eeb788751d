using System.Net;
using static Postmill.Client.Tests.Http.ScriptedServer;

namespace Postmill.Client.Tests.Http;

/// <summary>What creates has a key, and may be sent again.</summary>
public sealed class RequestKeyTests
{
    private const string Enqueued = """{"success":true,"data":{"task_id":"t","job_id":"j","status":"queued"}}""";
    private const string Running = """{"success":false,"error":"the same request is running","code":"idempotency_in_progress"}""";

    private static readonly NewAccount Account = new("a@example.org", "h", 993, "h", 465, "a", "secret");

    [Fact]
    public async Task Every_call_has_a_key_of_its_own_and_a_callers_key_is_sent_as_it_is()
    {
        await using var server = Start(Json(202, Enqueued));
        var client = new PostmillClient(server.Http);
        await client.Jobs.EnqueueSyncAsync("a");
        await client.Jobs.EnqueueSyncAsync("a");
        await client.Tasks.TriggerAsync("t", "mine-1");
        var keys = server.Requests.Select(request => request.Header("Idempotency-Key")).ToList();
        Assert.Equal((32, 32, "mine-1"), (keys[0]!.Length, keys[1]!.Length, keys[2]));
        Assert.NotEqual(keys[0], keys[1]);
    }

    [Fact]
    public async Task A_lost_connection_is_followed_by_the_same_request_with_the_same_key()
    {
        await using var server = Start(Lost, LostInTheBody, Json(202, Enqueued));
        Assert.Equal("j", (await new PostmillClient(server.Http).Jobs.EnqueueSyncAsync("a")).JobId);
        Assert.Equal(3, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request.Header("Idempotency-Key")).Distinct());
        Assert.Single(server.Requests.Select(request => request.Target).Distinct());
    }

    [Fact]
    public async Task It_gives_up_after_a_few_losses()
    {
        await using var server = Start(Lost);
        var e = await Assert.ThrowsAsync<PostmillException>(() => new PostmillClient(server.Http, new PostmillClientOptions { Repeats = 2 }).Exports.CreateAsync("a", "zip"));
        Assert.Equal("unreachable", e.Code);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_busy_service_is_asked_again_when_it_says_when()
    {
        await using var server = Start(Json(503, """{"success":false,"error":"x","code":"draining"}""", "Retry-After: 0"), Json(202, Enqueued));
        await new PostmillClient(server.Http).Jobs.EnqueueSyncAsync("a");
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_first_one_that_still_runs_is_waited_for_however_often_it_takes()
    {
        var running = Json(409, Running, "Retry-After: 0");
        await using var server = Start(Lost, running, running, running, running, running, Json(202, Enqueued));
        Assert.Equal("j", (await new PostmillClient(server.Http).Jobs.EnqueueSyncAsync("a")).JobId);
        Assert.Equal(7, server.Requests.Count);
    }

    [Theory]
    [InlineData(409, "idempotency_key_reused")]
    [InlineData(409, "idempotency_outcome_unknown")]
    [InlineData(409, "idempotency_replayed_secret")]
    [InlineData(500, "internal_error")]
    public async Task What_a_repeat_cannot_mend_is_thrown_at_once(int status, string code)
    {
        await using var server = Start(Json(status, $$"""{"success":false,"error":"x","code":"{{code}}"}"""));
        var e = await Assert.ThrowsAsync<PostmillException>(() => new PostmillClient(server.Http).Keys.CreateAsync(new NewApiKey("k", ["read"])));
        Assert.Equal((code, (HttpStatusCode)status), (e.Code, e.Status));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Without_a_key_a_lost_connection_is_told_and_nothing_is_sent_again()
    {
        await using var server = Start(Lost);
        var client = new PostmillClient(server.Http);
        await Assert.ThrowsAsync<PostmillException>(() => client.Sync.NowAsync());
        await Assert.ThrowsAsync<PostmillException>(() => client.Jobs.RetryAsync("j"));
        Assert.All(server.Requests, request => Assert.Null(request.Header("Idempotency-Key")));
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("a\r\nX: y")]
    public async Task A_key_that_no_header_can_carry_is_refused_before_anything_is_sent(string key)
    {
        await using var server = Start(Lost);
        await Assert.ThrowsAsync<ArgumentException>(() => new PostmillClient(server.Http).Accounts.ConnectAsync(Account, key));
        Assert.Empty(server.Requests);
    }

    private static Task Lost(ScriptedRequest request) => Task.CompletedTask;

    private static Task LostInTheBody(ScriptedRequest request) => request.WriteAsync("HTTP/1.1 202 X\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"succ");
}
