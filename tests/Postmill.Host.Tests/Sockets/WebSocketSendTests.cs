using System.Text;
using Postmill.Host.Sockets;

namespace Postmill.Host.Tests.Sockets;

/// <summary>Hard case 53 and what else can happen to the writing side.</summary>
public sealed class WebSocketSendTests
{
    private static readonly byte[] Event = Encoding.UTF8.GetBytes("{\"type\":\"email_received\",\"subject\":\"" + new string('s', 200) + "\"}");

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(200_000)]
    public async Task Text_of_every_length_form_is_one_frame(int length)
    {
        await using var session = new Session();
        await session.Server.SendTextAsync(Encoding.UTF8.GetBytes(new string('x', length)), default);
        var frame = await session.FrameAsync();
        Assert.Equal((WebSocketOpcode.Text, length), (frame!.Opcode, frame.Payload.Length));
    }

    [Fact]
    public async Task Many_messages_keep_their_borders_and_their_order_over_several_batches()
    {
        await using var session = new Session();
        var messages = Enumerable.Range(0, 500).Select(i => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"{i}:" + new string('m', i))).ToList();
        await session.Server.SendManyAsync(messages, default);
        foreach (var message in messages) Assert.Equal(message.ToArray(), (await session.FrameAsync())!.Payload);
    }

    [Fact]
    public async Task Frame_encoded_once_goes_to_many()
    {
        var frame = WebSocketFrames.Text(Event);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await using var session = new Session();
            await session.Server.SendFramesAsync(frame, default);
            Assert.Equal(Event, (await session.FrameAsync())!.Payload);
        }
    }

    [Fact]
    public async Task Eight_senders_and_the_heartbeat_never_mix_their_frames()
    {
        await using var session = new Session(WebSocketOptions.Default with { SendTimeout = TimeSpan.FromMinutes(1) }, window: 512);
        var senders = Enumerable.Range(0, 8).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await session.Server.SendTextAsync(Encoding.UTF8.GetBytes($"{sender}:{i}:" + new string('x', 300)), default);
        })).ToList();
        await session.AdvanceAsync(TimeSpan.FromSeconds(30));
        var next = new int[8];
        var pings = 0;
        for (var i = 0; i < 401; i++)
        {
            var frame = await session.FrameAsync();
            if (frame!.Opcode == WebSocketOpcode.Ping) { pings++; continue; }
            var parts = frame.Text.Split(':');
            Assert.Equal(next[int.Parse(parts[0], null)]++, int.Parse(parts[1], null));
        }
        await Task.WhenAll(senders);
        Assert.Equal(1, pings);
    }

    [Fact]
    public async Task Reader_with_a_zero_window_among_a_thousand_is_aborted_and_the_others_do_not_wait()
    {
        var stuck = new Session(window: 1);
        var others = Enumerable.Range(0, 999).Select(_ => new Session(clock: stuck.Clock)).ToList();
        var blocked = stuck.Server.SendTextAsync(Event, default).AsTask();
        foreach (var other in others)
        {
            var sending = other.Server.SendTextAsync(Event, default);
            Assert.True(sending.IsCompletedSuccessfully);
        }
        Assert.False(blocked.IsCompleted);

        await stuck.AdvanceAsync(WebSocketOptions.Default.SendTimeout);
        await Assert.ThrowsAsync<WebSocketEndedException>(() => blocked);
        Assert.Equal(WebSocketEndReason.SendTimeout, (await stuck.EndAsync()).Reason);
        foreach (var other in others)
        {
            Assert.Equal(Event, (await other.FrameAsync())!.Payload);
            Assert.False(other.Running.IsCompleted);
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task Senders_that_wait_behind_a_blocked_one_end_with_it()
    {
        await using var session = new Session(window: 1);
        var sends = Enumerable.Range(0, 5).Select(_ => session.Server.SendTextAsync(Event, default).AsTask()).ToList();
        await session.AdvanceAsync(WebSocketOptions.Default.SendTimeout);
        foreach (var send in sends) await Assert.ThrowsAsync<WebSocketEndedException>(() => send);
    }

    [Fact]
    public async Task Cancelling_a_waiting_sender_leaves_the_connection_alone()
    {
        await using var session = new Session(window: 1);
        using var cancel = new CancellationTokenSource();
        var first = session.Server.SendTextAsync(Event, default).AsTask();
        var second = session.Server.SendTextAsync(Event, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(Event, (await session.FrameAsync())!.Payload);
        await first;
        Assert.False(session.Running.IsCompleted);
    }

    [Fact]
    public async Task Client_that_pings_and_does_not_read_the_pongs_is_aborted()
    {
        await using var session = new Session(window: 1);
        await session.Client.WriteAsync(ClientFrames.Ping("x"));
        var blocked = session.Server.SendTextAsync(Event, default).AsTask();
        for (var waited = 0; !session.Running.IsCompleted && waited < 60; waited++) await session.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(WebSocketEndReason.SendTimeout, (await session.EndAsync()).Reason);
        await Assert.ThrowsAsync<WebSocketEndedException>(() => blocked);
    }

    [Fact]
    public async Task Idle_connection_takes_at_most_four_kibibytes()
    {
        var (server, client) = DuplexPipe.Create();
        await using var owned = client;
        await Task.Run(async () =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var connection = new WebSocketConnection(server, WebSocketOptions.Default, TimeProvider.System);
            var running = connection.RunAsync(_ => ValueTask.CompletedTask, default);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.False(running.IsCompleted);
            await connection.DisposeAsync();
            await running;
            Assert.InRange(allocated, 1, 4096);
        });
    }
}
