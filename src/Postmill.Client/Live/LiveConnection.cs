using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary>One WebSocket: text frames in, bounded; how it ended, as a value, a loss or an error.</summary>
internal sealed class LiveConnection : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly TimeProvider _clock;
    private byte[] _buffer = new byte[ClientLimits.FrameStep];

    private LiveConnection(ClientWebSocket socket, TimeProvider clock)
    {
        _socket = socket;
        _clock = clock;
    }

    /// <exception cref="LiveLostException">Not now; it may be tried again.</exception>
    /// <exception cref="PostmillException">Trying again would not help.</exception>
    public static async Task<LiveConnection> OpenAsync(HttpClient http, Uri address, string key, PostmillClientOptions options, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = ClientLimits.Heartbeat;
        socket.Options.KeepAliveTimeout = ClientLimits.Heartbeat;
        using var clock = new CancellationTokenSource(options.AnswerTime, options.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            await socket.ConnectAsync(address, http, both.Token).ConfigureAwait(false);
            return new LiveConnection(socket, options.Clock);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new LiveLostException("no answer in time", e);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException)
        {
            using (socket) throw Refused(socket, e, options.Clock.GetUtcNow());
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The next frame, valid until the next call; null when the service closed normally.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            if (length == _buffer.Length) Grow();
            ValueWebSocketReceiveResult got;
            try
            {
                got = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            }
            catch (WebSocketException e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new LiveLostException("the connection broke", e);
            }
            if (got.MessageType == WebSocketMessageType.Close) return Ended(_socket.CloseStatus, _socket.CloseStatusDescription);
            if (got.MessageType == WebSocketMessageType.Binary) throw new PostmillException("bad_answer", "the service sent a binary frame");
            length += got.Count;
            if (got.EndOfMessage) return _buffer.AsMemory(0, length);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var socket = _socket;
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var patience = new CancellationTokenSource(ClientLimits.Goodbye, _clock);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            socket.Abort(); // whoever does not listen needs no goodbye
        }
    }

    private static Exception Refused(ClientWebSocket socket, Exception fault, DateTimeOffset now)
    {
        var status = socket.HttpStatusCode;
        if (status is 0 or HttpStatusCode.SwitchingProtocols) return new LiveLostException(fault.GetBaseException().Message, fault);
        var text = string.Create(CultureInfo.InvariantCulture, $"the service answered {(int)status}");
        if (status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)status >= 500)
            return new LiveLostException(text, fault) { Status = status, RetryAfter = RetryAfter(socket, now) };
        return new PostmillException(string.Create(CultureInfo.InvariantCulture, $"http_{(int)status}"), text, fault) { Status = status };
    }

    private static TimeSpan? RetryAfter(ClientWebSocket socket, DateTimeOffset now)
    {
        var given = socket.HttpResponseHeaders?.FirstOrDefault(header => header.Key.Equals("Retry-After", StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault();
        return System.Net.Http.Headers.RetryConditionHeaderValue.TryParse(given, out var header) ? Refusals.RetryAfter(header, now) : null;
    }

    private static ReadOnlyMemory<byte>? Ended(WebSocketCloseStatus? code, string? reason)
    {
        var number = (int?)code;
        var text = Refusals.Line(reason is { Length: > 0 } ? reason : string.Create(CultureInfo.InvariantCulture, $"closed with {number ?? 1005}"));
        return number switch
        {
            1000 => null,
            4401 => throw new PostmillException("unauthorized", text) { CloseCode = number },
            4403 => throw new PostmillException("forbidden", text) { CloseCode = number },
            // What was sent, or asked for, is wrong; it would be wrong again.
            1002 or 1003 or (>= 1007 and <= 1010) or >= 4000 => throw new PostmillException("closed", text) { CloseCode = number },
            _ => throw new LiveLostException(text),
        };
    }

    private void Grow()
    {
        if (_buffer.Length >= ClientLimits.FrameBytes) throw new PostmillException("answer_too_large", $"a live event is longer than {ClientLimits.FrameBytes} bytes");
        Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, ClientLimits.FrameBytes));
    }
}
