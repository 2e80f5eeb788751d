using System.Data.Common;
using System.Threading.Channels;
using Postmill.Grains.Feed;

namespace Postmill.Host.Live;

/// <summary>
/// One socket's place in its user's log. Every event above the cursor comes out once and in order, from the tail or from the log.
/// </summary>
/// <remarks>
/// <code>
///   behind ──the tail is not past the cursor──► live ──its queue overflowed, or a number is missing──► behind
///     └─ reads pages of the log; the next event is pruned ──► resync, the cursor jumps to the end
/// </code>
/// </remarks>
internal sealed class FeedReader(FeedTail tail, IFeedLog log, long cursor, LiveSettings settings, LiveMetrics metrics, TimeProvider time, Action release)
    : IDisposable
{
    private static readonly TimeSpan LogAwayDelay = TimeSpan.FromSeconds(1);

    private readonly Channel<FeedFrame> _queue = Channel.CreateBounded<FeedFrame>(
        new BoundedChannelOptions(settings.QueueFrames) { SingleReader = true, SingleWriter = true });
    private volatile bool _overflowed;
    private long _cursor = cursor;
    private bool _live;
    private int _disposed;

    /// <summary>Fed by the tail, not by the log.</summary>
    public bool IsLive => _live;

    /// <summary>For the tail, under its lock. False: the reader is too slow, it will come back by itself.</summary>
    public bool Offer(FeedFrame frame)
    {
        if (_queue.Writer.TryWrite(frame)) return true;
        _overflowed = true;
        return false;
    }

    /// <summary>Waits for events and puts some of them, in order, into <paramref name="batch"/>.</summary>
    /// <returns>Null, or the end of the log when events were lost to its retention: then the batch is empty and reading goes on from there.</returns>
    public async ValueTask<long?> NextAsync(List<FeedFrame> batch, CancellationToken cancellationToken)
    {
        batch.Clear();
        while (true)
        {
            if (!_live && await CatchUpAsync(batch, cancellationToken) is { } lost) return lost;
            if (_live) TakeQueued(batch);
            if (batch.Count > 0) return null;
            // A queue that overflowed was full, so nobody waits here meanwhile.
            if (_live && !_overflowed) await _queue.Reader.WaitToReadAsync(cancellationToken);
            else if (_live) FallBehind();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        tail.Detach(this);
        release();
    }

    private void TakeQueued(List<FeedFrame> batch)
    {
        while (batch.Count < settings.CatchUpPage && _queue.Reader.TryRead(out var frame))
        {
            if (frame.Seq <= _cursor) continue;
            if (frame.Seq != _cursor + 1)
            {
                FallBehind();
                return;
            }
            _cursor = frame.Seq;
            batch.Add(frame);
        }
    }

    private void FallBehind()
    {
        tail.Detach(this);
        while (_queue.Reader.TryRead(out _)) { }
        _overflowed = false;
        _live = false;
        metrics.FellBehind();
    }

    private async ValueTask<long?> CatchUpAsync(List<FeedFrame> batch, CancellationToken cancellationToken)
    {
        if (tail.TryAttach(this, _cursor))
        {
            _live = true;
            return null;
        }
        try
        {
            return await ReadLogAsync(batch, cancellationToken);
        }
        catch (DbException fault)
        {
            tail.LogUnreadable(fault);
            await Task.Delay(LogAwayDelay, time, cancellationToken);
            return null;
        }
    }

    private async ValueTask<long?> ReadLogAsync(List<FeedFrame> batch, CancellationToken cancellationToken)
    {
        using var turn = await tail.TakeLogTurnAsync(cancellationToken);
        metrics.CaughtUp();
        var page = await log.ReadAsync(tail.UserId, _cursor, settings.CatchUpPage, cancellationToken);
        if (page is [var first, ..] && first.Seq == _cursor + 1)
        {
            batch.AddRange(page.Select(entry => new FeedFrame(entry)));
            _cursor = page[^1].Seq;
            return null;
        }
        var where = await log.WhereAsync(tail.UserId, cancellationToken);
        if (where.Floor <= _cursor && where.Last >= _cursor) return null;
        _cursor = where.Last;
        return _cursor;
    }
}
