using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Postmill.Testing.Sink;

/// <summary>Where a sink in a process of its own takes orders: one JSON object a line, its counts as the answer.</summary>
internal sealed class SinkControl : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly JournalSink _sink;
    private readonly Task _obeying;

    public SinkControl(JournalSink sink)
    {
        _sink = sink;
        _listener.Start();
        _obeying = ObeyAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _obeying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    /// <summary>One order, then the connection ends.</summary>
    public static async Task<SinkCounts> AskAsync(int port, SinkOrder order, CancellationToken ct)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, ct);
        var stream = client.GetStream();
        await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(order, SinkOrder.Json), ct);
        client.Client.Shutdown(SocketShutdown.Send);
        return await JsonSerializer.DeserializeAsync<SinkCounts>(stream, SinkOrder.Json, ct) ?? throw new InvalidDataException("no answer");
    }

    private async Task ObeyAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            try
            {
                var stream = client.GetStream();
                var order = await JsonSerializer.DeserializeAsync<SinkOrder>(stream, SinkOrder.Json, _stop.Token);
                if (order?.Rules is { } rules) _sink.Use(rules);
                if (order?.Open is { } gate) _sink.Open(gate);
                if (order?.Cut == true) _sink.CutAll();
                await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(_sink.Counts, SinkOrder.Json), _stop.Token);
            }
            catch (Exception e) when (e is IOException or JsonException)
            {
                await Console.Error.WriteLineAsync($"an order was not understood: {e.Message}");
            }
        }
    }
}
