using System.Buffers;

namespace Postmill.Host.Sockets;

/// <summary>
/// The server's end of one WebSocket, RFC 6455, over the raw stream that the HTTP upgrade left. No extensions, so nothing is ever compressed.
/// Text only: a binary message is answered with 1003. An idle connection holds no buffer.
/// </summary>
/// <remarks>
/// <code>
///   open ──peer's close──► answer it ───────────────────────────────► ended PeerClosed
///     ├──StartClose──► closing ──peer's close──► ended LocalClosed, or without it after CloseTimeout
///     ├──rule or limit broken──► close 100x ──► drop input ≤ 1 s ───► ended ProtocolError
///     ├──no pong──► close 1001 ──peer's close, or 1 s──────────────► ended HeartbeatTimeout
///     └──a send over its time, stream lost, caller's token ─────────► ended, no close frame
/// </code>
/// The first reason wins. Whatever the peer does, <see cref="RunAsync"/> ends within the bounds of <see cref="WebSocketOptions"/>, provided
/// the stream honours cancellation or <see cref="Stream.Dispose()"/>.
/// </remarks>
public sealed class WebSocketConnection : IAsyncDisposable
{
    private static readonly byte[] PingFrame = WebSocketFrames.Control(WebSocketOpcode.Ping, []);

    private readonly Stream _stream;
    private readonly WebSocketOptions _options;
    private readonly TimeProvider _time;
    private readonly long _began;
    private readonly WebSocketSender _sender;
    private readonly WebSocketHeartbeat _heartbeat;
    private readonly WebSocketFloodGuard _flood;
    private readonly WebSocketFrameDecoder _decoder;

    // Never disposed: timers and senders may still look at it, and without a timer of its own it holds nothing.
    private readonly CancellationTokenSource _lifetime = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebSocketEnd? _end;
    private ITimer? _deadline;
    private int _running;

    /// <param name="duplex">
    /// The upgraded stream; owned and disposed by this object. One read and one write may be pending at a time. A read into an empty buffer
    /// should wait for data (Kestrel's streams do), so that no buffer is held meanwhile.
    /// </param>
    /// <param name="options">Limits and cadences.</param>
    /// <param name="time">The clock of heartbeat, deadlines and flood bound.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public WebSocketConnection(Stream duplex, WebSocketOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(duplex);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        _stream = duplex;
        _options = options;
        _time = time;
        _began = time.GetTimestamp();
        _sender = new WebSocketSender(duplex, time, OnSendStuck, OnTransportLost, _lifetime.Token);
        _heartbeat = new WebSocketHeartbeat(options.PingInterval, options.PongTimeout);
        _flood = new WebSocketFloodGuard(options.MaxFrameRate, options.MaxFrameBurst);
        _decoder = new WebSocketFrameDecoder(options.MaxMessageBytes);
    }

    internal bool HoldsBuffer => _decoder.HoldsBuffer;

    // A ping that cannot be sent is a pong that cannot come.
    private TimeSpan PingBound => _options.SendTimeout < _options.PongTimeout ? _options.SendTimeout : _options.PongTimeout;

    private TimeSpan Now => _time.GetElapsedTime(_began);

    /// <summary>
    /// Sends one text message as one frame. Safe from several threads; but await each before the next, for the queue of waiting senders has no bound.
    /// </summary>
    /// <param name="utf8">Valid UTF-8; not checked. Must not change until the send ends.</param>
    /// <param name="ct">Ends the wait for the turn; a write that began goes on.</param>
    /// <exception cref="WebSocketEndedException">Ended, closing, or not taken within <see cref="WebSocketOptions.SendTimeout"/> (then the connection is aborted).</exception>
    public ValueTask SendTextAsync(ReadOnlyMemory<byte> utf8, CancellationToken ct) => SendManyAsync([utf8], ct);

    /// <summary>Sends each as a message of its own, joined into writes of about 64 KiB; else as <see cref="SendTextAsync"/>.</summary>
    public ValueTask SendManyAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return _sender.SendMessagesAsync(messages, _options.SendTimeout, ct);
    }

    /// <summary>Sends what <see cref="WebSocketFrames.Text"/> made (one or more whole frames), without a copy; else as <see cref="SendTextAsync"/>.</summary>
    public ValueTask SendFramesAsync(ReadOnlyMemory<byte> frames, CancellationToken ct) => _sender.SendFramesAsync(frames, _options.SendTimeout, ct);

    /// <summary>
    /// Sends a close frame, once, and returns; <see cref="RunAsync"/> ends with the peer's, or after <see cref="WebSocketOptions.CloseTimeout"/>.
    /// The way to close from inside the text handler. Later calls do nothing.
    /// </summary>
    /// <param name="code">1000–1003, 1007–1014 or 3000–4999.</param>
    /// <param name="reason">Cut to 123 bytes of UTF-8.</param>
    public async ValueTask StartCloseAsync(ushort code, string reason)
    {
        if (!WebSocketCloseCode.IsAllowedOnWire(code)) throw new ArgumentOutOfRangeException(nameof(code), code, "not allowed in a close frame");
        if (!TryEnd(new WebSocketEnd(WebSocketEndReason.LocalClosed, code, reason, Clean: false))) return;
        AbandonAfter(_options.CloseTimeout);
        if (!await _sender.TrySendCloseAsync(code, reason, _options.CloseTimeout).ConfigureAwait(false)) Abandon();
    }

    /// <summary><see cref="StartCloseAsync"/>, then waits for the end. Not from inside the text handler: the peer's answer comes after it.</summary>
    /// <param name="code">As for <see cref="StartCloseAsync"/>.</param>
    /// <param name="reason">As for <see cref="StartCloseAsync"/>.</param>
    /// <param name="ct">Stops waiting and aborts the connection.</param>
    public async ValueTask CloseAsync(ushort code, string reason, CancellationToken ct)
    {
        await StartCloseAsync(code, reason).ConfigureAwait(false);
        if (Volatile.Read(ref _running) == 0)
        {
            Finish();
            return;
        }
        using var hurry = ct.UnsafeRegister(static c => ((WebSocketConnection)c!).Abandon(), this);
        await _finished.Task.ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
    }

    /// <summary>Reads until the connection ends, with the heartbeat beside it. Call once. When it returns, timers are stopped and the stream is disposed.</summary>
    /// <param name="onText">
    /// Each whole text message, one at a time; the memory is valid until its task ends. Nothing is read meanwhile, pongs neither: keep it well
    /// under <see cref="WebSocketOptions.PongTimeout"/>. What it throws closes with 1011 and comes out of this method.
    /// </param>
    /// <param name="ct">
    /// Aborts without a close frame; use <see cref="StartCloseAsync"/> to be polite. Not Kestrel's RequestAborted: it fires on a mere FIN, and
    /// then hides the close frame that came before it.
    /// </param>
    public async Task<WebSocketEnd> RunAsync(Func<ReadOnlyMemory<byte>, ValueTask> onText, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(onText);
        if (Interlocked.Exchange(ref _running, 1) != 0) throw new InvalidOperationException("The connection runs or ran already.");
        using var aborted = ct.UnsafeRegister(static c => ((WebSocketConnection)c!).Abort(), this);
        var beating = BeatAsync();
        try
        {
            await ReadAsync(onText).ConfigureAwait(false);
        }
        finally
        {
            Finish();
            await beating.ConfigureAwait(false);
        }
        return _end!;
    }

    /// <summary>Aborts without a close frame, unless already ended. Does not wait for <see cref="RunAsync"/>, so a handler may call it.</summary>
    public ValueTask DisposeAsync()
    {
        Abort();
        return ValueTask.CompletedTask;
    }

    private async Task ReadAsync(Func<ReadOnlyMemory<byte>, ValueTask> onText)
    {
        try
        {
            while (await ReadOnceAsync(onText).ConfigureAwait(false)) { }
        }
        catch (WebSocketProtocolException broken)
        {
            TryEnd(new WebSocketEnd(WebSocketEndReason.ProtocolError, broken.Code, broken.Message, Clean: false));
            if (await _sender.TrySendCloseAsync(broken.Code, broken.Message, WebSocketLimits.LastWord).ConfigureAwait(false)) await DrainAsync().ConfigureAwait(false);
        }
        catch (WebSocketEndedException)
        {
            // A pong, or the handler's own answer, found the connection ended; the reason is recorded where it ended.
            OnTransportLost();
        }
        catch
        {
            const string reason = "internal error";
            TryEnd(new WebSocketEnd(WebSocketEndReason.HandlerFailed, WebSocketCloseCode.InternalError, reason, Clean: false));
            await _sender.TrySendCloseAsync(WebSocketCloseCode.InternalError, reason, WebSocketLimits.LastWord).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<bool> ReadOnceAsync(Func<ReadOnlyMemory<byte>, ValueTask> onText)
    {
        if (await ReceiveAsync(Memory<byte>.Empty).ConfigureAwait(false) < 0) return false;
        var buffer = ArrayPool<byte>.Shared.Rent(WebSocketLimits.ReadBufferBytes);
        var count = await ReceiveAsync(buffer).ConfigureAwait(false);
        if (count == 0) OnTransportLost();
        if (count <= 0) return false;
        var goOn = await TakeAsync(buffer.AsMemory(0, count), onText).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(buffer);
        return goOn;
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await _stream.ReadAsync(buffer, _lifetime.Token).ConfigureAwait(false);
        }
        catch (Exception fault) when (WebSocketTransport.IsFault(fault))
        {
            OnTransportLost();
            return -1;
        }
    }

    private async ValueTask<bool> TakeAsync(ReadOnlyMemory<byte> bytes, Func<ReadOnlyMemory<byte>, ValueTask> onText)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[_decoder.Consume(bytes.Span, out var input)..];
            if (input is not { } taken) continue;
            if (!_flood.TryTake(Now)) throw new WebSocketProtocolException(WebSocketCloseCode.PolicyViolation, "too many frames");
            if (!await HandleAsync(taken, onText).ConfigureAwait(false)) return false;
        }
        _decoder.ReleaseFinished();
        return true;
    }

    private async ValueTask<bool> HandleAsync(WebSocketInput input, Func<ReadOnlyMemory<byte>, ValueTask> onText)
    {
        switch (input.Kind)
        {
            case WebSocketInputKind.Close:
                await OnPeerClosedAsync(input).ConfigureAwait(false);
                return false;
            case WebSocketInputKind.Pong:
                _heartbeat.OnPong();
                break;
            case WebSocketInputKind.Ping when !_sender.CloseSent:
                await _sender.SendFramesAsync(WebSocketFrames.Control(WebSocketOpcode.Pong, input.Payload.Span), _options.SendTimeout, CancellationToken.None)
                    .ConfigureAwait(false);
                break;
            case WebSocketInputKind.Text when !_sender.CloseSent:
                await onText(input.Payload).ConfigureAwait(false);
                break;
        }
        return true;
    }

    private async ValueTask OnPeerClosedAsync(WebSocketInput close)
    {
        var text = System.Text.Encoding.UTF8.GetString(close.Payload.Span);
        if (TryEnd(new WebSocketEnd(WebSocketEndReason.PeerClosed, close.CloseCode, text, Clean: false)))
        {
            if (await _sender.TrySendCloseAsync(close.CloseCode, "", WebSocketLimits.LastWord).ConfigureAwait(false)) MarkClean();
        }
        else if (_sender.CloseSent) MarkClean();
    }

    private async Task BeatAsync()
    {
        try
        {
            while (true)
            {
                var wait = _heartbeat.NextDue - Now;
                // Whole milliseconds, upwards: Delay would cut a fraction off, and the loop spin until the beat is due.
                if (wait > TimeSpan.Zero) await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), _time, _lifetime.Token).ConfigureAwait(false);
                var step = _heartbeat.OnDue(Now);
                if (step == WebSocketHeartbeatStep.GiveUp) break;
                if (step == WebSocketHeartbeatStep.Ping)
                    await _sender.SendFramesAsync(PingFrame, PingBound, _lifetime.Token).ConfigureAwait(false);
            }
            const string reason = "no pong";
            if (!TryEnd(new WebSocketEnd(WebSocketEndReason.HeartbeatTimeout, WebSocketCloseCode.GoingAway, reason, Clean: false))) return;
            AbandonAfter(WebSocketLimits.LastWord);
            await _sender.TrySendCloseAsync(WebSocketCloseCode.GoingAway, reason, WebSocketLimits.LastWord).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketEndedException)
        {
            // The connection ended, or is closing, first; its reason is recorded where that happened.
        }
    }

    // A TCP close with unread input becomes a reset, and a reset can overtake the close frame: read on for a moment, and drop it.
    private async Task DrainAsync()
    {
        AbandonAfter(WebSocketLimits.LastWord);
        var dropped = new byte[WebSocketLimits.ReadBufferBytes];
        for (var total = 0; total < WebSocketLimits.DrainBytes;)
        {
            var count = await ReceiveAsync(dropped).ConfigureAwait(false);
            if (count == 0) MarkClean();
            if (count <= 0) return;
            total += count;
        }
    }

    private bool TryEnd(WebSocketEnd end) => Interlocked.CompareExchange(ref _end, end, null) is null;

    private void MarkClean() => _end = _end! with { Clean = true };

    private void OnSendStuck()
    {
        TryEnd(new WebSocketEnd(WebSocketEndReason.SendTimeout, WebSocketCloseCode.Abnormal, "the peer does not read", Clean: false));
        Abandon();
    }

    private void OnTransportLost()
    {
        TryEnd(new WebSocketEnd(WebSocketEndReason.TransportLost, WebSocketCloseCode.Abnormal, "transport lost", Clean: false));
        Abandon();
    }

    private void Abort()
    {
        TryEnd(new WebSocketEnd(WebSocketEndReason.Aborted, WebSocketCloseCode.Abnormal, "aborted", Clean: false));
        Abandon();
    }

    // Called once per connection: whoever won TryEnd.
    private void AbandonAfter(TimeSpan patience) =>
        _deadline = _time.CreateTimer(static c => ((WebSocketConnection)c!).Abandon(), this, patience, Timeout.InfiniteTimeSpan);

    // The reason is recorded before; from here every pending read and write fails.
    private void Abandon()
    {
        _lifetime.Cancel();
        _stream.Dispose();
    }

    private void Finish()
    {
        OnTransportLost();
        _deadline?.Dispose();
        _decoder.Dispose();
        _finished.TrySetResult();
    }
}
