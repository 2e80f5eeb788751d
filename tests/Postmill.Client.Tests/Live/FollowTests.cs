using System.Globalization;
using System.Net;
using Postmill.Client.Tests.Http;
using Postmill.Host.Tests;
using Postmill.Host.Tests.Live;

namespace Postmill.Client.Tests.Live;

public sealed class FollowTests
{
    private const string Begin = """{"type":"resync_required","seq":4}""";

    [Fact]
    public async Task From_now_on_means_nothing_of_before_and_all_of_after()
    {
        await using var live = await LiveHost.StartAsync();
        await live.PublishAsync(1, 3);
        await using var feed = Follow(live).GetAsyncEnumerator();
        var first = feed.MoveNextAsync().AsTask();
        await live.WaitForSocketsAsync(1);
        await live.PublishAsync("""{"type":"email_received","from":"ann@example.org","subject":"Grüße","receivedAt":"2026-05-27T12:00:00Z"}""");
        Assert.True(await first.WaitAsync(LiveHost.Patience));
        Assert.Equal(new EmailReceived(4, "ann@example.org", "Grüße", new DateTimeOffset(2026, 5, 27, 12, 0, 0, TimeSpan.Zero)), feed.Current);
    }

    [Fact]
    public async Task After_a_number_comes_what_was_missed_with_its_number()
    {
        await using var live = await LiveHost.StartAsync();
        await live.PublishAsync(1, 5);
        var events = await Follow(live, after: 2).Take(3).ToListAsync();
        Assert.Equal([3, 4, 5], events.Select(e => e.Seq));
        Assert.Equal(5, Assert.IsType<OtherEvent>(events[2]).Json.GetProperty("n").GetInt32());
        await live.WaitForSocketsAsync(0); // whoever stops reading says goodbye
    }

    [Fact]
    public async Task Beyond_the_end_of_the_log_is_said()
    {
        await using var live = await LiveHost.StartAsync();
        await live.PublishAsync(1, 5);
        Assert.Equal(new ResyncRequired(5), await Follow(live, after: 99).FirstAsync());
    }

    [Fact]
    public async Task A_service_that_restarts_loses_no_event_and_repeats_none()
    {
        await using var live = await LiveHost.StartAsync();
        await live.PublishAsync(1, 20);
        using var line = new ServiceLine(live.Host);
        var interrupted = new TaskCompletionSource<LiveInterruption>(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = new PostmillClient(line.Http, new PostmillClientOptions { ApiKey = live.Key, LiveInterrupted = i => interrupted.TrySetResult(i) });
        var seen = new List<int>();
        var reading = Task.Run(async () =>
        {
            await foreach (var e in client.Live.FollowAsync(0).Take(60)) seen.Add(((OtherEvent)e).Json.GetProperty("n").GetInt32());
        });
        await live.WaitForSocketsAsync(1);
        await live.PublishAsync(21, 10);
        await live.Host.StopAsync();
        var cut = await interrupted.Task.WaitAsync(LiveHost.Patience);
        Assert.InRange(cut.Wait, TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500));

        await using var next = await HostFixture.StartAsync(new HostFixtureOptions { ConnectionString = live.Host.ConnectionString });
        line.Point(next);
        await Publisher.PublishAsync(next, live.User.UserId, 31, 30);
        await reading.WaitAsync(LiveHost.Patience);
        Assert.Equal(Enumerable.Range(1, 60), seen);
    }

    [Fact]
    public async Task A_revoked_key_ends_it_with_4401()
    {
        await using var live = await LiveHost.StartAsync(("KeyCheckSeconds", "0.1"));
        await using var feed = Follow(live).GetAsyncEnumerator();
        var first = feed.MoveNextAsync().AsTask();
        await live.WaitForSocketsAsync(1);
        var keys = Clients.Of(live.Host, live.User).Keys;
        await keys.RevokeAsync((await keys.ListAsync()).Single().Id);
        var e = await Assert.ThrowsAsync<PostmillException>(() => first.WaitAsync(LiveHost.Patience));
        Assert.Equal(("unauthorized", 4401), (e.Code, e.CloseCode));
    }

    [Fact]
    public async Task A_key_that_may_not_hear_the_inbox_ends_it_with_4403()
    {
        await using var live = await LiveHost.StartAsync();
        var key = await HostFixture.NewKeyAsync(live.User, "send");
        var client = new PostmillClient(live.Host.NewClient(), new PostmillClientOptions { ApiKey = key });
        var e = await Assert.ThrowsAsync<PostmillException>(async () => await client.Live.FollowAsync().FirstAsync());
        Assert.Equal(("forbidden", 4403), (e.Code, e.CloseCode));
    }

    [Fact]
    public async Task A_silent_feed_ends_when_it_is_cancelled()
    {
        await using var live = await LiveHost.StartAsync();
        using var enough = new CancellationTokenSource();
        await using var feed = Follow(live).GetAsyncEnumerator(enough.Token);
        var first = feed.MoveNextAsync().AsTask();
        await live.WaitForSocketsAsync(1);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(LiveHost.Patience));
    }

    [Fact]
    public async Task A_repeated_event_is_handed_out_once_and_a_normal_close_is_the_end()
    {
        await using var server = ScriptedServer.Start(ScriptedServer.Frames(1001, Begin, Test(5), Test(6)), ScriptedServer.Frames(1000, Test(6), Test(7)));
        Assert.Equal([5, 6, 7], await Follow(server).Select(e => e.Seq).ToListAsync());
        Assert.Equal(["/mail/ws/inbox?after=9223372036854775807", "/mail/ws/inbox?after=6"], server.Requests.Select(r => r.Target));
    }

    [Fact]
    public async Task Lost_events_are_said_in_the_middle_too()
    {
        await using var server = ScriptedServer.Start(ScriptedServer.Frames(null, Begin, Test(5)), ScriptedServer.Frames(1000, """{"type":"resync_required","seq":90}""", Test(91)));
        Assert.Equal(["test 5", "resync_required 90", "test 91"], await Follow(server).Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Type} {e.Seq}")).ToListAsync());
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("[]")]
    [InlineData("""{"seq":5}""")]
    [InlineData("""{"type":"test"}""")]
    [InlineData("""{"type":"test","seq":"5"}""")]
    [InlineData("""{"type":"email_received","seq":5,"from":7,"subject":"s","receivedAt":"2026-05-27T12:00:00Z"}""")]
    [InlineData("""{"type":"email_received","seq":5,"from":"f"}""")]
    [InlineData("""{"type":"\ud800","seq":5}""")]
    public async Task A_frame_that_is_no_event_ends_it(string frame)
    {
        await using var server = ScriptedServer.Start(ScriptedServer.Frames(1000, Begin, frame));
        Assert.Equal("bad_answer", (await FailsAsync(server)).Code);
    }

    [Fact]
    public async Task A_frame_without_end_is_not_kept()
    {
        await using var server = ScriptedServer.Start(ScriptedServer.Frames(1000, Begin, new string('x', ClientLimits.FrameBytes + 1)));
        Assert.Equal("answer_too_large", (await FailsAsync(server)).Code);
    }

    [Theory]
    [InlineData(404, "http_404")]
    [InlineData(200, "http_200")]
    [InlineData(502, "unreachable")]
    public async Task A_first_connection_that_fails_is_thrown(int status, string code)
    {
        await using var server = ScriptedServer.Start(ScriptedServer.Json(status, "{}"));
        var e = await FailsAsync(server);
        Assert.Equal((code, (HttpStatusCode)status), (e.Code, e.Status!.Value));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_service_that_is_busy_or_away_for_a_while_is_tried_again()
    {
        await using var server = ScriptedServer.Start(
            ScriptedServer.Json(503, "{}", "Retry-After: 0"), ScriptedServer.Frames(null, Begin, Test(5)), ScriptedServer.Json(502, "<html>"), ScriptedServer.Frames(1000, Test(6)));
        Assert.Equal([5, 6], await Follow(server).Select(e => e.Seq).ToListAsync());
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task Without_a_key_it_says_what_is_missing()
    {
        await using var server = ScriptedServer.Start(ScriptedServer.Json(200, "{}"));
        var e = Assert.Throws<InvalidOperationException>(() => new PostmillClient(server.Http).Live.FollowAsync());
        Assert.Contains("ApiKey", e.Message, StringComparison.Ordinal);
    }

    private static string Test(long seq) => $$"""{"type":"test","seq":{{seq}}}""";

    private static IAsyncEnumerable<LiveEvent> Follow(LiveHost live, long? after = null) =>
        new PostmillClient(live.Host.NewClient(), new PostmillClientOptions { ApiKey = live.Key }).Live.FollowAsync(after);

    private static IAsyncEnumerable<LiveEvent> Follow(ScriptedServer server) => new PostmillClient(server.Http, new PostmillClientOptions { ApiKey = "msk_1" }).Live.FollowAsync();

    private static Task<PostmillException> FailsAsync(ScriptedServer server) => Assert.ThrowsAsync<PostmillException>(async () => await Follow(server).CountAsync());
}
