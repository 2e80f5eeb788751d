using System.Text;
using System.Threading.Channels;
using Postmill.Host.Sockets;
using Postmill.Testing;

namespace Postmill.Host.Tests.Sockets;

/// <summary>A running server connection and the client's end of its stream. Waits are guarded by real time, so that a hang is a named failure.</summary>
internal sealed class Session : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(20);
    private readonly DuplexPipe _client;
    private readonly Channel<string> _texts = Channel.CreateUnbounded<string>();

    public Session(WebSocketOptions? options = null, int window = 1024 * 1024, ManualClock? clock = null, Func<string, ValueTask>? onText = null, CancellationToken ct = default)
    {
        Clock = clock ?? new ManualClock();
        (var server, _client) = DuplexPipe.Create(window);
        Server = new WebSocketConnection(server, options ?? WebSocketOptions.Default, Clock);
        Running = Server.RunAsync(OnTextAsync, ct);

        async ValueTask OnTextAsync(ReadOnlyMemory<byte> utf8)
        {
            var text = Encoding.UTF8.GetString(utf8.Span);
            if (onText is not null) await onText(text);
            _texts.Writer.TryWrite(text);
        }
    }

    public ManualClock Clock { get; }

    public WebSocketConnection Server { get; }

    public Stream Client => _client;

    public Task<WebSocketEnd> Running { get; }

    /// <summary>Texts that arrived and were not yet asked for.</summary>
    public int Waiting => _texts.Reader.Count;

    /// <summary>Moves the clock on a thread without a synchronization context, so that what the timers resume has run, up to its next wait, when this ends.</summary>
    public Task AdvanceAsync(TimeSpan by) => Task.Run(() => Clock.Advance(by)).WaitAsync(Guard);

    public Task SendAsync(params byte[][] frames) => _client.WriteAsync(frames.SelectMany(f => f).ToArray()).AsTask().WaitAsync(Guard);

    public async Task SendBytewiseAsync(byte[] bytes)
    {
        foreach (var b in bytes) await SendAsync([b]);
    }

    public Task<string> TextAsync() => _texts.Reader.ReadAsync().AsTask().WaitAsync(Guard);

    public Task<ServerFrame?> FrameAsync() => ServerFrame.ReadAsync(_client).WaitAsync(Guard);

    public Task<WebSocketEnd> EndAsync() => Running.WaitAsync(Guard);

    /// <summary>Proves that the server has handled everything sent so far, and that it lives.</summary>
    public async Task RoundTripAsync()
    {
        var token = Guid.NewGuid().ToString("N");
        await SendAsync(ClientFrames.Ping(token));
        var frame = await FrameAsync();
        Assert.Equal((WebSocketOpcode.Pong, token), (frame!.Opcode, frame.Text));
    }

    /// <summary>The next frame is a close frame with this code; then the client goes, and the run ends.</summary>
    public async Task<WebSocketEnd> ExpectCloseAsync(int code)
    {
        var frame = await FrameAsync();
        Assert.Equal((WebSocketOpcode.Close, code), (frame!.Opcode, frame.CloseCode));
        _client.Dispose();
        return await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _client.Dispose();
    }
}
