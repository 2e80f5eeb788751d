using System.Buffers;

namespace Postmill.Host.Sockets;

/// <summary>
/// The writing side: one writer at a time, every send within a time bound, one close frame and nothing after it. A send that began is never
/// cancelled by its caller, for half a frame would end the connection.
/// </summary>
/// <remarks>onStuck is called when a send ran out of time, onLost when the stream refused a write; both must cancel lifetime.</remarks>
#pragma warning disable CA1001 // The semaphore's wait handle is never asked for, so it owns nothing; disposing it would strand the senders that wait.
internal sealed class WebSocketSender(Stream stream, TimeProvider time, Action onStuck, Action onLost, CancellationToken lifetime)
#pragma warning restore CA1001
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile bool _closeSent;

    public bool CloseSent => _closeSent;

    public async ValueTask SendMessagesAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages, TimeSpan bound, CancellationToken ct)
    {
        for (var next = 0; next < messages.Count;)
        {
            var size = WebSocketFrames.SizeOf(messages[next].Length);
            var end = next + 1;
            while (end < messages.Count && size + WebSocketFrames.SizeOf(messages[end].Length) <= WebSocketLimits.SendBatchBytes)
                size += WebSocketFrames.SizeOf(messages[end++].Length);

            var batch = ArrayPool<byte>.Shared.Rent(size);
            var written = 0;
            for (; next < end; next++) written += WebSocketFrames.Write(batch.AsSpan(written), WebSocketOpcode.Text, messages[next].Span);
            await SendAsync(batch.AsMemory(0, written), isClose: false, bound, ct).ConfigureAwait(false);
            // Only after success: a failed write may leave the buffer with the transport.
            ArrayPool<byte>.Shared.Return(batch);
        }
    }

    /// <exception cref="WebSocketEndedException">The connection ended or is closing.</exception>
    public ValueTask SendFramesAsync(ReadOnlyMemory<byte> frames, TimeSpan bound, CancellationToken ct) => SendAsync(frames, isClose: false, bound, ct);

    /// <summary>False when a close frame went out before, or the transport did not take this one.</summary>
    public async ValueTask<bool> TrySendCloseAsync(ushort code, string reason, TimeSpan bound)
    {
        if (_closeSent) return false;
        try
        {
            await SendAsync(WebSocketFrames.Close(code, reason), isClose: true, bound, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (WebSocketEndedException)
        {
            return false;
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> frames, bool isClose, TimeSpan bound, CancellationToken ct)
    {
        ITimer? deadline = null;
        try
        {
            // When the connection ends, the writer before us fails and passes the turn on, so waiting on the caller's token is enough.
            var turn = _turn.WaitAsync(ct);
            if (!turn.IsCompleted) deadline = StartDeadline(bound);
            await turn.ConfigureAwait(false);
            try
            {
                if (_closeSent || lifetime.IsCancellationRequested) throw new WebSocketEndedException();
                if (isClose) _closeSent = true;
                var write = WriteAsync(frames);
                if (!write.IsCompleted) deadline ??= StartDeadline(bound);
                await write.ConfigureAwait(false);
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            if (deadline is not null) await deadline.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        try
        {
            await stream.WriteAsync(frames, lifetime).ConfigureAwait(false);
            await stream.FlushAsync(lifetime).ConfigureAwait(false);
        }
        catch (Exception fault) when (WebSocketTransport.IsFault(fault))
        {
            onLost();
            throw new WebSocketEndedException("The transport did not take the frame.", fault);
        }
    }

    private ITimer StartDeadline(TimeSpan bound) => time.CreateTimer(static stuck => ((Action)stuck!)(), onStuck, bound, Timeout.InfiniteTimeSpan);
}
