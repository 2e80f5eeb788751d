using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Postmill.Client.Tests.Http;

/// <summary>A service that answers as a test says, byte for byte: the n-th connection gets the n-th answer, later ones the last. One request on each.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly Func<ScriptedRequest, Task>[] _answers;
    private readonly List<ScriptedRequest> _requests = [];
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    private ScriptedServer(Func<ScriptedRequest, Task>[] answers)
    {
        _answers = answers;
        _listener.Start();
        Http = new HttpClient { BaseAddress = new Uri($"http://{_listener.LocalEndpoint}/") };
        _accepting = AcceptAsync();
    }

    public HttpClient Http { get; }

    public IReadOnlyList<ScriptedRequest> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public static ScriptedServer Start(params Func<ScriptedRequest, Task>[] answers) => new(answers);

    /// <summary>A whole answer; the connection ends with it.</summary>
    public static Func<ScriptedRequest, Task> Json(int status, string body, params string[] headers) => request => request.WriteAsync(
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n{body}");

    /// <summary>These frames, then a close frame with this code; none: the connection just ends.</summary>
    public static Func<ScriptedRequest, Task> Frames(int? close, params string[] frames) => async request =>
    {
        var socket = await request.AcceptWebSocketAsync(); // not disposed: the line below it is, once what was sent has arrived
        foreach (var frame in frames) await socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, request.Ended);
        if (close is { } code) await socket.CloseOutputAsync((WebSocketCloseStatus)code, "as scripted", request.Ended);
    };

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _accepting; // before the listener stops: accepting at one that has stopped is a fault
        _listener.Stop();
        Http.Dispose();
        await Task.WhenAll(_connections).WaitAsync(Patience);
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (var n = 0; ; n++)
            {
                var connection = await _listener.AcceptTcpClientAsync(_ended.Token);
                _connections.Add(ServeAsync(connection, _answers[Math.Min(n, _answers.Length - 1)]));
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task ServeAsync(TcpClient connection, Func<ScriptedRequest, Task> answer)
    {
        using (connection)
        {
            try
            {
                if (await ScriptedRequest.ReadAsync(connection.GetStream(), _ended.Token) is not { } request) return;
                lock (_requests) _requests.Add(request);
                await answer(request);
                connection.Client.Shutdown(SocketShutdown.Send);
                await request.DrainAsync();
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or WebSocketException)
            {
                // The client has had enough, which is for the test to judge.
                connection.Close();
            }
        }
    }
}
