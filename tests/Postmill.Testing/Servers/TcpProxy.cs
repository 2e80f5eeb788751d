using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postmill.Testing.Servers;

/// <summary>A line between the host and a server that a test can cut, freeze, stall and count.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;

    private readonly TcpListener _listener;
    private readonly ConcurrentDictionary<Line, byte> _lines = [];
    private readonly ConcurrentDictionary<ReadOnlyMemory<byte>, byte> _held = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _open = true;
    private volatile TaskCompletionSource _flow = Flowing();
    private volatile string? _stallAt;
    private int _accepted;
    private int _uttered;

    /// <param name="target">The server's port.</param>
    /// <param name="port">Where clients reach it; 0: a free one.</param>
    public TcpProxy(int target, int port = 0)
    {
        _target = target;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What of a client's words reaches the server; for lines in the clear.</summary>
    public Func<string, string>? FromClient { get; init; }

    /// <summary>What of the server's words reaches a client; for lines in the clear.</summary>
    public Func<string, string>? FromServer { get; init; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were ever accepted, those dropped at once among them.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>How often clients said something; under TLS that is all a line can tell.</summary>
    public int Uttered => Volatile.Read(ref _uttered);

    /// <summary>Connections that stand.</summary>
    public int Standing => _lines.Count;

    /// <summary>Ends every connection, and each new one as soon as it was accepted.</summary>
    public void Cut()
    {
        _open = false;
        foreach (var line in _lines.Keys) line.Dispose();
    }

    public void Mend() => _open = true;

    /// <summary>Those who are connected hear nothing any more, not even an end; new connections are served.</summary>
    public void Freeze()
    {
        foreach (var line in _lines.Keys) line.Frozen = true;
    }

    /// <summary>Bytes stop both ways and nothing closes, on new connections too; what was said meanwhile arrives after <see cref="Heal"/>, as after a lost route.</summary>
    public void Stall()
    {
        if (_flow.Task.IsCompleted) _flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>As <see cref="Stall"/>, from the moment a client says <paramref name="word"/>: what holds it is the first piece that stops. For lines in the clear.</summary>
    public void StallAt(string word) => _stallAt = word;

    /// <summary>Pieces that clients have said since <see cref="Stall"/> and that contain <paramref name="word"/>; for lines in the clear.</summary>
    public int HeldWith(string word) => _held.Keys.Count(piece => Has(piece, word));

    public void Heal() => _flow.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Heal();
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        Cut();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }

            Interlocked.Increment(ref _accepted);
            _ = ServeAsync(new Line(client, new TcpClient()));
        }
    }

    private async Task ServeAsync(Line line)
    {
        using (line)
        {
            _lines[line] = 0;
            try
            {
                if (!_open) return;
                await _flow.Task;
                await line.Server.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(CarryAsync(line, line.Client, line.Server, ToServer), CarryAsync(line, line.Server, line.Client, ToClient));
                await _flow.Task;
                await line.Thawed;
            }
            catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException)
            {
                return;
            }
            finally
            {
                _lines.TryRemove(line, out _);
            }
        }
    }

    private ReadOnlyMemory<byte> ToServer(ReadOnlyMemory<byte> said)
    {
        Interlocked.Increment(ref _uttered);
        if (_stallAt is { } word && Has(said, word))
        {
            _stallAt = null;
            Stall();
        }

        return Changed(said, FromClient);
    }

    private ReadOnlyMemory<byte> ToClient(ReadOnlyMemory<byte> said) => Changed(said, FromServer);

    private static bool Has(ReadOnlyMemory<byte> said, string word) => Encoding.Latin1.GetString(said.Span).Contains(word, StringComparison.Ordinal);

    private static ReadOnlyMemory<byte> Changed(ReadOnlyMemory<byte> said, Func<string, string>? change) =>
        change is null ? said : Encoding.Latin1.GetBytes(change(Encoding.Latin1.GetString(said.Span)));

    private async Task CarryAsync(Line line, TcpClient from, TcpClient to, Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> change)
    {
        try
        {
            var buffer = new byte[BufferBytes];
            while (await from.GetStream().ReadAsync(buffer) is var count and > 0)
            {
                var said = change(buffer.AsMemory(0, count));
                if (!_flow.Task.IsCompleted) await HoldAsync(said, isFromClient: from == line.Client);
                if (!line.Frozen && !said.IsEmpty) await to.GetStream().WriteAsync(said);
            }
        }
        catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            return;
        }
    }

    private static TaskCompletionSource Flowing()
    {
        var flow = new TaskCompletionSource();
        flow.SetResult();
        return flow;
    }

    private async Task HoldAsync(ReadOnlyMemory<byte> said, bool isFromClient)
    {
        if (isFromClient) _held[said] = 0;
        await _flow.Task;
        _held.TryRemove(said, out _);
    }

    private sealed record Line(TcpClient Client, TcpClient Server) : IDisposable
    {
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _frozen;

        public bool Frozen
        {
            get => _frozen;
            set => _frozen = value;
        }

        /// <summary>A frozen line ends when the test does; another one at once.</summary>
        public Task Thawed => Frozen ? _disposed.Task : Task.CompletedTask;

        public void Dispose()
        {
            _disposed.TrySetResult();
            Client.Dispose();
            Server.Dispose();
        }

        public bool Equals(Line? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
