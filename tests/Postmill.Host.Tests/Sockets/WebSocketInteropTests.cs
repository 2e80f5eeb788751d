using System.Net.WebSockets;
using System.Text;
using Postmill.Host.Sockets;
using ClientSocket = System.Net.WebSockets.WebSocket;

namespace Postmill.Host.Tests.Sockets;

/// <summary>The framework's own client framing on the other end.</summary>
public sealed class WebSocketInteropTests
{
    [Fact]
    public async Task Framework_client_talks_both_ways_and_closes()
    {
        await using var session = new Session();
        using var client = Connect(session);
        for (var length = 1; length <= 60_000; length = length * 3 + 1)
        {
            var text = new string('ü', length / 2);
            await client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, default);
            Assert.Equal(text, await session.TextAsync());
            await session.Server.SendTextAsync(Encoding.UTF8.GetBytes(text), default);
            Assert.Equal(text, await ReceiveAsync(client));
        }
        var closing = client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", default);
        Assert.Equal(new WebSocketEnd(WebSocketEndReason.PeerClosed, 1000, "done", Clean: true), await session.EndAsync());
        await closing;
        Assert.Equal(WebSocketState.Closed, client.State);
    }

    [Fact]
    public async Task Framework_client_sends_fragments()
    {
        await using var session = new Session();
        using var client = Connect(session);
        await client.SendAsync("al"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: false, default);
        await client.SendAsync("pha"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);
        Assert.Equal("alpha", await session.TextAsync());
    }

    [Fact]
    public async Task Framework_client_answers_our_pings_while_it_reads_and_sees_our_close_code()
    {
        await using var session = new Session();
        using var client = Connect(session);
        var receiving = ReceiveAsync(client);
        for (var beat = 0; beat < 3; beat++)
        {
            await session.AdvanceAsync(TimeSpan.FromSeconds(30));
            // The client's pong goes before its answer to this text: what follows in order proves it arrived.
            await session.Server.SendTextAsync("tick"u8.ToArray(), default);
            Assert.Equal("tick", await receiving);
            await client.SendAsync("tock"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);
            Assert.Equal("tock", await session.TextAsync());
            receiving = ReceiveAsync(client);
        }
        await session.Server.StartCloseAsync(4401, "key revoked");
        Assert.Null(await receiving);
        Assert.Equal((4401, "key revoked"), ((int)client.CloseStatus!, client.CloseStatusDescription));
        await client.CloseOutputAsync(client.CloseStatus.Value, null, default);
        Assert.True((await session.EndAsync()).Clean);
    }

    private static ClientSocket Connect(Session session) =>
        ClientSocket.CreateFromStream(session.Client, new WebSocketCreationOptions { IsServer = false, KeepAliveInterval = TimeSpan.Zero });

    private static async Task<string?> ReceiveAsync(ClientSocket client)
    {
        var buffer = new byte[128 * 1024];
        var count = 0;
        while (true)
        {
            var result = await client.ReceiveAsync(buffer.AsMemory(count), default);
            if (result.MessageType == WebSocketMessageType.Close) return null;
            count += result.Count;
            if (result.EndOfMessage) return Encoding.UTF8.GetString(buffer, 0, count);
        }
    }
}
