using System.Text;
using Postmill.Host.Sockets;

namespace Postmill.Host.Tests.Sockets;

/// <summary>Closing in both directions, and every other way to end.</summary>
public sealed class WebSocketCloseTests
{
    [Theory]
    [InlineData(1000)]
    [InlineData(1014)]
    [InlineData(3000)]
    [InlineData(4999)]
    public async Task Peer_that_closes_gets_its_code_back(int code)
    {
        await using var session = new Session();
        await session.SendAsync(ClientFrames.Close(code, "bye €"));
        Assert.Equal(new WebSocketEnd(WebSocketEndReason.PeerClosed, (ushort)code, "bye €", Clean: true), await session.ExpectCloseAsync(code));
    }

    [Fact]
    public async Task Close_without_a_code_is_answered_without_one()
    {
        await using var session = new Session();
        await session.SendAsync(ClientFrames.Encode(WebSocketOpcode.Close, []));
        Assert.Equal(new WebSocketEnd(WebSocketEndReason.PeerClosed, 1005, "", Clean: true), await session.ExpectCloseAsync(WebSocketCloseCode.NoStatus));
    }

    [Fact]
    public async Task Nothing_after_the_peers_close_is_read()
    {
        await using var session = new Session();
        await session.SendAsync(ClientFrames.Close(1000), ClientFrames.Text("late"));
        await session.ExpectCloseAsync(1000);
        Assert.Equal(0, session.Waiting);
    }

    [Fact]
    public async Task Close_of_ours_waits_for_the_peers_and_sends_nothing_after_itself()
    {
        await using var session = new Session();
        var closing = session.Server.CloseAsync(4401, "key revoked", default);
        var frame = await session.FrameAsync();
        Assert.Equal((4401, "key revoked"), (frame!.CloseCode, Encoding.UTF8.GetString(frame.Payload.AsSpan(2))));
        Assert.False(closing.IsCompleted);
        await Assert.ThrowsAsync<WebSocketEndedException>(() => session.Server.SendTextAsync("x"u8.ToArray(), default).AsTask());

        await session.SendAsync(ClientFrames.Ping("too late"), ClientFrames.Text("too late"), ClientFrames.Close(4401));
        await closing;
        Assert.Null(await session.FrameAsync());
        Assert.Equal(0, session.Waiting);
        Assert.Equal(new WebSocketEnd(WebSocketEndReason.LocalClosed, 4401, "key revoked", Clean: true), await session.EndAsync());
    }

    [Fact]
    public async Task Peer_that_never_answers_our_close_is_dropped_after_five_seconds()
    {
        await using var session = new Session();
        var closing = session.Server.CloseAsync(1001, "restart", default).AsTask();
        await session.AdvanceAsync(TimeSpan.FromSeconds(4));
        Assert.False(closing.IsCompleted);
        await session.AdvanceAsync(TimeSpan.FromSeconds(1));
        await closing;
        Assert.Equal(new WebSocketEnd(WebSocketEndReason.LocalClosed, 1001, "restart", Clean: false), await session.EndAsync());
    }

    [Fact]
    public async Task Close_behind_a_blocked_writer_is_dropped_in_the_same_time()
    {
        await using var session = new Session(window: 1);
        var blocked = session.Server.SendTextAsync(new byte[1000], default).AsTask();
        var closing = session.Server.CloseAsync(1001, "restart", default).AsTask();
        await session.AdvanceAsync(TimeSpan.FromSeconds(5));
        await closing;
        await Assert.ThrowsAsync<WebSocketEndedException>(() => blocked);
        Assert.Equal(WebSocketEndReason.LocalClosed, (await session.EndAsync()).Reason);
    }

    [Fact]
    public async Task Closing_twice_and_from_both_sides_sends_one_close_frame()
    {
        await using var session = new Session();
        var first = session.Server.CloseAsync(1000, "done", default);
        var second = session.Server.CloseAsync(1001, "restart", default);
        await session.SendAsync(ClientFrames.Close(1001));
        await first;
        await second;
        Assert.Equal(1000, (await session.FrameAsync())!.CloseCode);
        Assert.Null(await session.FrameAsync());
        Assert.Equal(1000, (await session.EndAsync()).Code);
    }

    [Fact]
    public async Task Handler_may_close_without_waiting_for_itself()
    {
        Session? opened = null;
        await using var session = opened = new Session(onText: async _ => await opened!.Server.StartCloseAsync(4403, "campaign lost"));
        await session.SendAsync(ClientFrames.Text("x"));
        Assert.Equal(4403, (await session.FrameAsync())!.CloseCode);
        await session.SendAsync(ClientFrames.Close(4403));
        Assert.True((await session.EndAsync()).Clean);
    }

    [Fact]
    public async Task Long_reason_is_cut_at_a_character()
    {
        await using var session = new Session();
        await session.Server.StartCloseAsync(1000, new string('€', 100));
        Assert.Equal(new string('€', 41), Encoding.UTF8.GetString((await session.FrameAsync())!.Payload.AsSpan(2)));
    }

    [Theory]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(2000)]
    public async Task Code_that_is_not_for_the_wire_is_a_bug_of_the_caller(int code)
    {
        await using var session = new Session();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => session.Server.StartCloseAsync((ushort)code, "").AsTask());
    }

    [Fact]
    public async Task Transport_that_ends_without_a_close_frame_is_lost()
    {
        await using var session = new Session();
        await session.SendAsync(ClientFrames.Text("half", fin: false));
        session.Client.Dispose();
        Assert.Equal(new WebSocketEnd(WebSocketEndReason.TransportLost, 1006, "transport lost", Clean: false), await session.EndAsync());
        await Assert.ThrowsAsync<WebSocketEndedException>(() => session.Server.SendTextAsync("x"u8.ToArray(), default).AsTask());
    }

    [Fact]
    public async Task Token_of_the_caller_aborts_and_the_run_still_returns()
    {
        using var cancel = new CancellationTokenSource();
        await using var session = new Session(ct: cancel.Token);
        await cancel.CancelAsync();
        Assert.Equal(WebSocketEndReason.Aborted, (await session.EndAsync()).Reason);
    }

    [Fact]
    public async Task Handler_that_throws_closes_with_1011_and_the_exception_comes_out()
    {
        await using var session = new Session(onText: _ => throw new FormatException("bug"));
        await session.SendAsync(ClientFrames.Text("x"));
        Assert.Equal(1011, (await session.FrameAsync())!.CloseCode);
        await Assert.ThrowsAsync<FormatException>(session.EndAsync);
    }

    [Fact]
    public async Task Client_that_keeps_sending_after_its_protocol_error_is_dropped_within_a_second()
    {
        await using var session = new Session();
        await session.SendAsync(ClientFrames.Claim(1UL << 40));
        Assert.Equal(1009, (await session.FrameAsync())!.CloseCode);
        await session.SendAsync(new byte[10_000]);
        Assert.False(session.Running.IsCompleted);
        await session.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(1009, (await session.EndAsync()).Code);
    }

    [Fact]
    public async Task Options_out_of_range_are_named()
    {
        var (server, client) = DuplexPipe.Create();
        await using var owned = client;
        await using var alsoOwned = server;
        var wrong = Assert.Throws<ArgumentOutOfRangeException>(() => new WebSocketConnection(server, WebSocketOptions.Default with { PongTimeout = TimeSpan.Zero }, TimeProvider.System));
        Assert.Equal(nameof(WebSocketOptions.PongTimeout), wrong.ParamName);
    }
}
