using System.Net;
using System.Net.Sockets;

namespace Postmill.Host.Tests.SyncApi;

/// <summary>
/// A TCP door in front of a mail server: counts who comes, can be shut, can keep the server's words back, and can lead elsewhere. With it a test stops a run
/// at a known place and knows whether the server was asked at all.
/// </summary>
public sealed class MailGate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly HashSet<TcpClient> _standing = [];
    private TaskCompletionSource _words = Opened();
    private Task _loop = Task.CompletedTask;
    private int _accepted;
    private int _holdFrom = int.MaxValue;
    private int _held;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where new connections are led.</summary>
    public int Target { get; set; }

    /// <summary>New connections are closed without a word.</summary>
    public bool Shut { get; set; }

    /// <summary>How many bytes a held connection gets all the same, before <see cref="Hold"/> takes effect.</summary>
    public long HoldAfterBytes { get; set; }

    /// <summary>Whether words are being kept back now.</summary>
    public bool Held => Volatile.Read(ref _held) > 0;

    /// <summary>Connections that ever came.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections that stand now.</summary>
    public int Standing
    {
        get { lock (_gate) return _standing.Count; }
    }

    public static MailGate Open(int target)
    {
        var gate = new MailGate { Target = target };
        gate._listener.Start();
        gate._loop = gate.AcceptAsync();
        return gate;
    }

    /// <summary>From the connection of this number on (the first is 1), what the server says is kept back; default: also those that stand.</summary>
    public void Hold(int fromConnection = 0)
    {
        lock (_gate)
        {
            _holdFrom = fromConnection;
            if (_words.Task.IsCompleted) _words = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            _holdFrom = int.MaxValue;
            _words.TrySetResult();
        }
    }

    /// <summary>Ends the connections that stand.</summary>
    public void Cut()
    {
        lock (_gate)
            foreach (var client in _standing) client.Client.Close(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Release();
        Cut();
        await _loop;
        _end.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync()
    {
        var served = new List<Task>();
        while (!_end.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                var number = Interlocked.Increment(ref _accepted);
                if (Shut) client.Client.Close(0);
                else served.Add(ServeAsync(client, number));
            }
            catch (Exception gone) when (IsOver(gone))
            {
                continue;
            }
        }

        await Task.WhenAll(served);
    }

    private async Task ServeAsync(TcpClient client, int number)
    {
        lock (_gate) _standing.Add(client);
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, Target, _end.Token);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
            var asking = PumpAsync(client.GetStream(), server.GetStream(), _ => Task.CompletedTask, either.Token);
            var answering = PumpAsync(server.GetStream(), client.GetStream(), passed => WordsOf(number, passed), either.Token);
            await Task.WhenAny(asking, answering);
            await either.CancelAsync();
            client.Client.Close(0);
            server.Client.Close(0);
            await Task.WhenAll(asking, answering);
        }
        catch (Exception gone) when (IsOver(gone))
        {
            client.Dispose();
        }
        finally
        {
            lock (_gate) _standing.Remove(client);
        }
    }

    private async Task WordsOf(int number, long passed)
    {
        Task words;
        lock (_gate) words = number >= _holdFrom && passed >= HoldAfterBytes ? _words.Task : Task.CompletedTask;
        if (words.IsCompleted) return;
        Interlocked.Increment(ref _held);
        await words;
        Interlocked.Decrement(ref _held);
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to, Func<long, Task> mayPass, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var passed = 0L;
        try
        {
            while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                await mayPass(passed).WaitAsync(cancellationToken);
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                passed += read;
            }
        }
        catch (Exception gone) when (IsOver(gone))
        {
            return;
        }
    }

    private static bool IsOver(Exception e) => e is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException;
}
