using System.Buffers;
using Postmill.Host.Sockets;

namespace Postmill.Host.Live;

/// <summary>One client of the inbox channel: what its reader yields goes out, until either side ends it.</summary>
/// <param name="sequenced">The client asked to resume: frames carry <c>seq</c>, and a hole is announced.</param>
internal sealed class InboxSocket(WebSocketConnection connection, FeedReader reader, bool sequenced, LiveMetrics metrics, TimeProvider time)
{
    private static readonly byte[] Pong = WebSocketFrames.Text("""{"type":"pong"}"""u8);

    /// <param name="resyncAt">The end of the log, when the client asked for what is not there.</param>
    public async Task<WebSocketEnd> RunAsync(long? resyncAt, CancellationToken cancellationToken)
    {
        using var ended = new CancellationTokenSource();
        var sending = SendAsync(resyncAt, ended.Token);
        try
        {
            return await connection.RunAsync(OnTextAsync, cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await sending;
        }
    }

    private ValueTask OnTextAsync(ReadOnlyMemory<byte> text) =>
        ClientText.IsPing(text.Span) ? connection.SendFramesAsync(Pong, CancellationToken.None) : ValueTask.CompletedTask;

    private async Task SendAsync(long? resyncAt, CancellationToken ended)
    {
        try
        {
            if (resyncAt is { } end) await connection.SendFramesAsync(FeedFrame.Resync(end), ended);
            var batch = new List<FeedFrame>();
            while (true)
            {
                if (await reader.NextAsync(batch, ended) is { } lost) await OnLostAsync(lost, ended);
                else await SendBatchAsync(batch, ended);
            }
        }
        catch (Exception fault) when (fault is WebSocketEndedException || (fault is OperationCanceledException && ended.IsCancellationRequested))
        {
            // The connection's own run knows why it ended.
        }
        catch
        {
            await connection.StartCloseAsync(WebSocketCloseCode.InternalError, "internal error");
            throw;
        }
    }

    // Slower than the retention. Without seq there is no frame that could say so; the client comes back and begins anew.
    private ValueTask OnLostAsync(long end, CancellationToken ended) => sequenced
        ? connection.SendFramesAsync(FeedFrame.Resync(end), ended)
        : connection.StartCloseAsync(WebSocketCloseCode.GoingAway, "events were lost, connect again");

    private async ValueTask SendBatchAsync(List<FeedFrame> batch, CancellationToken ended)
    {
        if (batch.Count == 1) await connection.SendFramesAsync(batch[0].Bytes(sequenced), ended);
        else await SendJoinedAsync(batch, ended);
        metrics.Sent(batch.Count);
        if (reader.IsLive) metrics.Delay(time.GetUtcNow() - batch[^1].At);
    }

    private async ValueTask SendJoinedAsync(List<FeedFrame> batch, CancellationToken ended)
    {
        var size = batch.Sum(frame => frame.Bytes(sequenced).Length);
        var joined = ArrayPool<byte>.Shared.Rent(size);
        var at = 0;
        foreach (var frame in batch)
        {
            var bytes = frame.Bytes(sequenced);
            bytes.CopyTo(joined.AsMemory(at));
            at += bytes.Length;
        }
        await connection.SendFramesAsync(joined.AsMemory(0, at), ended);
        // Only after success: a failed write may leave the buffer with the transport.
        ArrayPool<byte>.Shared.Return(joined);
    }
}
