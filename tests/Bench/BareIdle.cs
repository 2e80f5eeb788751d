using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Postmill.Bench;

/// <summary>The least an IMAP client can do: sit in IDLE and note when EXISTS comes.</summary>
internal sealed class BareIdle : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<long>> _exists = new();
    private readonly TcpClient _tcp;
    private readonly StreamReader _reader;
    private readonly Task _reading;

    private BareIdle(TcpClient tcp, StreamReader reader)
    {
        _tcp = tcp;
        _reader = reader;
        _reading = ReadAsync();
    }

    public static async Task<BareIdle> StartAsync(int port, string user, string password)
    {
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync("127.0.0.1", port);
        var reader = new StreamReader(tcp.GetStream());
        var writer = new StreamWriter(tcp.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        await reader.ReadLineAsync();
        foreach (var command in (string[])[$"a LOGIN \"{user}\" \"{password}\"", "b EXAMINE INBOX"])
        {
            await writer.WriteLineAsync(command);
            while (await reader.ReadLineAsync() is { } line && line[0] != command[0])
            {
            }
        }

        await writer.WriteLineAsync("c IDLE");
        return new BareIdle(tcp, reader);
    }

    /// <summary>The timestamp at which the mailbox was said to hold <paramref name="count"/> mails.</summary>
    public Task<long> ExistsAsync(int count) => Seen(count).Task;

    public async ValueTask DisposeAsync()
    {
        _tcp.Dispose();
        await _reading;
        _reader.Dispose();
    }

    private TaskCompletionSource<long> Seen(int count) => _exists.GetOrAdd(count, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task ReadAsync()
    {
        try
        {
            while (await _reader.ReadLineAsync() is { } line)
                if (line.Split(' ') is ["*", var count, "EXISTS"]) Seen(int.Parse(count, CultureInfo.InvariantCulture)).TrySetResult(Stopwatch.GetTimestamp());
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            return;
        }
    }
}
