using Postmill.Host.Sockets;
using Postmill.Testing;

namespace Postmill.Host.Tests.Sockets;

/// <summary>Hard case 51: peers that do not answer pings, and peers that answer them oddly.</summary>
public sealed class WebSocketHeartbeatTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Peer_that_reads_but_never_pongs_gets_a_ping_at_30_s_and_1001_at_60_s()
    {
        await using var session = new Session();
        await session.AdvanceAsync(Beat - TimeSpan.FromMilliseconds(1));
        await session.RoundTripAsync();
        await session.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.Equal(WebSocketOpcode.Ping, (await session.FrameAsync())!.Opcode);
        await session.AdvanceAsync(Beat - TimeSpan.FromMilliseconds(1));
        await session.RoundTripAsync();
        await session.AdvanceAsync(TimeSpan.FromMilliseconds(1));

        var frame = await session.FrameAsync();
        Assert.Equal((WebSocketOpcode.Close, 1001), (frame!.Opcode, frame.CloseCode));
        Assert.False(session.Running.IsCompleted);
        await session.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Null(await session.FrameAsync());
        Assert.Equal(new WebSocketEnd(WebSocketEndReason.HeartbeatTimeout, 1001, "no pong", Clean: false), await session.EndAsync());
    }

    [Fact]
    public async Task Peer_that_answers_the_1001_ends_cleanly()
    {
        await using var session = new Session();
        await session.AdvanceAsync(Beat);
        await session.AdvanceAsync(Beat);
        Assert.Equal(WebSocketOpcode.Ping, (await session.FrameAsync())!.Opcode);
        await session.SendAsync(ClientFrames.Close(1001));
        await session.ExpectCloseAsync(1001);
        Assert.Equal(new WebSocketEnd(WebSocketEndReason.HeartbeatTimeout, 1001, "no pong", Clean: true), await session.EndAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not the payload of the ping")]
    public async Task Any_pong_keeps_the_connection_for_hours(string payload)
    {
        await using var session = new Session();
        for (var beat = 0; beat < 240; beat++)
        {
            await session.AdvanceAsync(Beat);
            Assert.Equal(WebSocketOpcode.Ping, (await session.FrameAsync())!.Opcode);
            await session.SendAsync(ClientFrames.Pong(payload));
            await session.RoundTripAsync();
        }
        Assert.False(session.Running.IsCompleted);
    }

    [Fact]
    public async Task Pong_just_before_the_deadline_is_not_too_late()
    {
        await using var session = new Session();
        await session.AdvanceAsync(Beat);
        await session.FrameAsync();
        await session.AdvanceAsync(Beat - TimeSpan.FromMilliseconds(1));
        await session.SendAsync(ClientFrames.Pong());
        await session.RoundTripAsync();
        await session.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        Assert.Equal(WebSocketOpcode.Ping, (await session.FrameAsync())!.Opcode);
    }

    [Fact]
    public async Task Unsolicited_pongs_do_no_harm_and_do_not_replace_the_next_ping()
    {
        await using var session = new Session();
        await session.SendAsync(ClientFrames.Pong("a"), ClientFrames.Pong("b"));
        await session.RoundTripAsync();
        await session.AdvanceAsync(Beat);
        Assert.Equal(WebSocketOpcode.Ping, (await session.FrameAsync())!.Opcode);
    }

    [Fact]
    public async Task Peer_that_vanished_with_a_full_window_is_freed_within_61_s()
    {
        var options = WebSocketOptions.Default with { SendTimeout = TimeSpan.FromMinutes(2) };
        await using var session = new Session(options, window: 1);
        await session.AdvanceAsync(Beat);
        Assert.False(session.Running.IsCompleted);
        await session.AdvanceAsync(TimeSpan.FromSeconds(31));
        Assert.Equal(WebSocketEndReason.SendTimeout, (await session.EndAsync()).Reason);
    }

    [Fact]
    public async Task Ten_thousand_that_vanish_leave_nothing_behind()
    {
        var gone = new List<WeakReference>();
        for (var batch = 0; batch < 100; batch++) gone.AddRange(await VanishAsync(100));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        // The last batch may still be referenced by a pooled object or a register; a leak would show in all of them.
        Assert.InRange(gone.Count(weak => weak.IsAlive), 0, 100);
    }

    [Fact]
    public void Pause_of_the_process_is_not_followed_by_a_burst_of_pings()
    {
        var heartbeat = new WebSocketHeartbeat(Beat, Beat);
        Assert.Equal(WebSocketHeartbeatStep.Ping, heartbeat.OnDue(TimeSpan.FromMinutes(10)));
        heartbeat.OnPong();
        Assert.Equal(WebSocketHeartbeatStep.Wait, heartbeat.OnDue(TimeSpan.FromMinutes(10)));
        Assert.Equal(TimeSpan.FromMinutes(10) + Beat, heartbeat.NextDue);
    }

    [Fact]
    public void Ping_that_left_a_little_late_does_not_move_the_deadline()
    {
        var heartbeat = new WebSocketHeartbeat(Beat, Beat);
        Assert.Equal(WebSocketHeartbeatStep.Ping, heartbeat.OnDue(Beat + TimeSpan.FromMilliseconds(15)));
        Assert.Equal(2 * Beat, heartbeat.NextDue);
        Assert.Equal(WebSocketHeartbeatStep.GiveUp, heartbeat.OnDue(2 * Beat));
    }

    [Fact]
    public void Deadline_counts_from_the_oldest_unanswered_ping()
    {
        var heartbeat = new WebSocketHeartbeat(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(25));
        Assert.Equal(WebSocketHeartbeatStep.Ping, heartbeat.OnDue(TimeSpan.FromSeconds(10)));
        Assert.Equal(WebSocketHeartbeatStep.Ping, heartbeat.OnDue(TimeSpan.FromSeconds(20)));
        Assert.Equal(WebSocketHeartbeatStep.Ping, heartbeat.OnDue(TimeSpan.FromSeconds(30)));
        Assert.Equal(TimeSpan.FromSeconds(35), heartbeat.NextDue);
        Assert.Equal(WebSocketHeartbeatStep.GiveUp, heartbeat.OnDue(TimeSpan.FromSeconds(35)));
    }

    private static async Task<IEnumerable<WeakReference>> VanishAsync(int count)
    {
        var clock = new ManualClock();
        var sessions = Enumerable.Range(0, count).Select(_ => new Session(clock: clock)).ToList();
        await sessions[0].AdvanceAsync(Beat);
        foreach (var session in sessions) Assert.Equal(WebSocketOpcode.Ping, (await session.FrameAsync())!.Opcode);
        await sessions[0].AdvanceAsync(Beat + TimeSpan.FromSeconds(1));
        foreach (var session in sessions) Assert.Equal(WebSocketEndReason.HeartbeatTimeout, (await session.EndAsync()).Reason);
        return sessions.Select(session => new WeakReference(session.Server)).ToList();
    }
}
