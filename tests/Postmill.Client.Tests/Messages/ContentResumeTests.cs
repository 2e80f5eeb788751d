using Postmill.Client.Tests.Http;

namespace Postmill.Client.Tests.Messages;

/// <summary>Downloads over a line that breaks.</summary>
public sealed class ContentResumeTests
{
    private const string Tag = "ETag: \"abc\"\r\n";

    [Fact]
    public async Task A_download_goes_on_where_it_broke()
    {
        await using var server = ScriptedServer.Start(
            request => request.WriteAsync($"HTTP/1.1 200 OK\r\n{Tag}Content-Length: 10\r\nConnection: close\r\n\r\n0123"),
            request => request.WriteAsync($"HTTP/1.1 206 Partial\r\n{Tag}Content-Range: bytes 4-9/10\r\nContent-Length: 6\r\nConnection: close\r\n\r\n45"),
            request => request.WriteAsync($"HTTP/1.1 206 Partial\r\n{Tag}Content-Range: bytes 6-9/10\r\nContent-Length: 4\r\nConnection: close\r\n\r\n6789"));
        Assert.Equal("0123456789", await ReadAsync(server));
        Assert.Equal([null, "bytes=4-", "bytes=6-"], server.Requests.Select(r => r.Header("Range")));
        Assert.Equal([null, "\"abc\"", "\"abc\""], server.Requests.Select(r => r.Header("If-Range")));
    }

    [Fact]
    public async Task A_content_that_changed_meanwhile_is_not_put_behind_the_old_one()
    {
        await using var server = ScriptedServer.Start(
            request => request.WriteAsync($"HTTP/1.1 200 OK\r\n{Tag}Content-Length: 10\r\nConnection: close\r\n\r\n0123"),
            request => request.WriteAsync("HTTP/1.1 200 OK\r\nETag: \"new\"\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"));
        Assert.Equal("content_changed", (await Assert.ThrowsAsync<PostmillException>(() => ReadAsync(server))).Code);
    }

    [Fact]
    public async Task Without_a_strong_tag_nothing_says_that_it_is_the_same_and_it_stays_broken()
    {
        await using var server = ScriptedServer.Start(request => request.WriteAsync("HTTP/1.1 200 OK\r\nETag: W/\"abc\"\r\nContent-Length: 10\r\nConnection: close\r\n\r\n0123"));
        Assert.Equal("connection_lost", (await Assert.ThrowsAsync<PostmillException>(() => ReadAsync(server))).Code);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_line_that_breaks_at_once_again_and_again_is_given_up()
    {
        await using var server = ScriptedServer.Start(
            request => request.WriteAsync($"HTTP/1.1 200 OK\r\n{Tag}Content-Length: 10\r\nConnection: close\r\n\r\n0123"),
            request => request.WriteAsync($"HTTP/1.1 206 Partial\r\n{Tag}Content-Range: bytes 4-9/10\r\nContent-Length: 6\r\nConnection: close\r\n\r\n"));
        var clock = new ManualClock();
        var reading = Assert.ThrowsAsync<PostmillException>(() => ReadAsync(server, new PostmillClientOptions { Clock = clock }));
        await Eventually.TrueAsync("it is given up", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(reading.IsCompleted);
        });
        Assert.Equal("connection_lost", (await reading).Code);
        Assert.Equal(1 + ClientLimits.ResumesWithoutProgress, server.Requests.Count);
    }

    private static async Task<string> ReadAsync(ScriptedServer server, PostmillClientOptions? options = null)
    {
        await using var content = await new PostmillClient(server.Http, options).Emails.OpenRawAsync("m");
        using var reader = new StreamReader(content.Stream);
        return await reader.ReadToEndAsync();
    }
}
