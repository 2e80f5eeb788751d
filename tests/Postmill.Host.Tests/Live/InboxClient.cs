using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Postmill.Host.Tests.Live;

/// <summary>A client as anybody would write it, on the framework's WebSocket.</summary>
internal sealed class InboxClient(ClientWebSocket socket) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    public static async Task<InboxClient> ConnectAsync(HostFixture host, string pathAndQuery, string? bearer, Action<ClientWebSocket>? configure = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (bearer is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {bearer}");
        configure?.Invoke(socket);
        using var patience = new CancellationTokenSource(LiveHost.Patience);
        await socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}{pathAndQuery}"), patience.Token);
        return new InboxClient(socket);
    }

    /// <summary>The text of the next frame.</summary>
    public async Task<string> NextAsync()
    {
        using var patience = new CancellationTokenSource(LiveHost.Patience);
        var text = new StringBuilder();
        while (true)
        {
            var part = await socket.ReceiveAsync(_buffer, patience.Token);
            Assert.True(part.MessageType == WebSocketMessageType.Text, $"closed with {socket.CloseStatus} {socket.CloseStatusDescription} instead of a frame");
            text.Append(Encoding.UTF8.GetString(_buffer, 0, part.Count));
            if (part.EndOfMessage) return text.ToString();
        }
    }

    public async Task<JsonElement> NextJsonAsync() => JsonElement.Parse(await NextAsync());

    /// <summary>The numbers of the next frames, made by <see cref="LiveHost.Frame"/>.</summary>
    public async Task<List<int>> NumbersAsync(int count)
    {
        var numbers = new List<int>();
        while (numbers.Count < count) numbers.Add((await NextJsonAsync()).GetProperty("n").GetInt32());
        return numbers;
    }

    /// <summary>The code of the close frame, which must be the next thing to come; answers it.</summary>
    public async Task<int> ClosedAsync()
    {
        using var patience = new CancellationTokenSource(LiveHost.Patience);
        var end = await socket.ReceiveAsync(_buffer, patience.Token);
        Assert.True(end.MessageType == WebSocketMessageType.Close, $"a frame instead of the close: {Encoding.UTF8.GetString(_buffer, 0, end.Count)}");
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        return (int)socket.CloseStatus!;
    }

    public async Task SayAsync(string text)
    {
        using var patience = new CancellationTokenSource(LiveHost.Patience);
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, patience.Token);
    }

    /// <summary>Proves that nothing else was on its way: the answer to a ping is the next frame.</summary>
    public async Task AssertSilentAsync()
    {
        await SayAsync("""{"type":"ping"}""");
        Assert.Equal("""{"type":"pong"}""", await NextAsync());
    }

    /// <summary>A normal end: both close frames.</summary>
    public async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(LiveHost.Patience);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
