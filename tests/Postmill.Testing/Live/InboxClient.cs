using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Postmill.Testing.Live;

/// <summary>A client of the inbox channel as anybody would write it, on the framework's WebSocket.</summary>
public sealed class InboxClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ClientWebSocket _socket;
    // A frame of the inbox is a few hundred octets; longer ones come in parts.
    private readonly byte[] _buffer = new byte[4096];

    /// <param name="socket">Connected.</param>
    public InboxClient(ClientWebSocket socket) => _socket = socket;

    /// <param name="host">Where the host answers HTTP.</param>
    public static async Task<InboxClient> ConnectAsync(Uri host, string pathAndQuery, string? bearer, Action<ClientWebSocket>? configure = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        if (bearer is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {bearer}");
        configure?.Invoke(socket);
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await socket.ConnectAsync(new Uri($"ws://{host.Authority}{pathAndQuery}"), patience.Token);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return new InboxClient(socket);
    }

    /// <summary>The text of the next frame, or null when the server closes instead; waits as long as it takes.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while (true)
        {
            var part = await _socket.ReceiveAsync(_buffer, cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            text.Append(Encoding.UTF8.GetString(_buffer, 0, part.Count));
            if (part.EndOfMessage) return text.ToString();
        }
    }

    /// <summary>Code and reason of the server's close frame, after <see cref="ReadAsync"/> gave null; answers it.</summary>
    public async Task<(int Code, string? Reason)> AnswerCloseAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        return ((int)_socket.CloseStatus!, _socket.CloseStatusDescription);
    }

    /// <summary>The text of the next frame.</summary>
    public async Task<string> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await ReadAsync(patience.Token) ?? throw new InvalidOperationException($"closed with {_socket.CloseStatus} {_socket.CloseStatusDescription} instead of a frame");
    }

    public async Task<JsonElement> NextJsonAsync() => JsonElement.Parse(await NextAsync());

    /// <summary>The field <c>n</c> of the next frames.</summary>
    public async Task<List<int>> NumbersAsync(int count)
    {
        var numbers = new List<int>();
        while (numbers.Count < count) numbers.Add((await NextJsonAsync()).GetProperty("n").GetInt32());
        return numbers;
    }

    /// <summary>The code of the close frame, which must be the next thing to come; answers it.</summary>
    public async Task<int> ClosedAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        if (await ReadAsync(patience.Token) is { } frame) throw new InvalidOperationException($"a frame instead of the close: {frame}");
        return (await AnswerCloseAsync()).Code;
    }

    public async Task SayAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        await _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, patience.Token);
    }

    /// <summary>Proves that nothing else was on its way: the answer to a ping is the next frame.</summary>
    public async Task AssertSilentAsync()
    {
        await SayAsync("""{"type":"ping"}""");
        if (await NextAsync() is var frame and not """{"type":"pong"}""") throw new InvalidOperationException($"not silent: {frame}");
    }

    /// <summary>A normal end: both close frames.</summary>
    public async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        if (_socket.CloseStatus != WebSocketCloseStatus.NormalClosure) throw new InvalidOperationException($"closed with {_socket.CloseStatus} instead");
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
