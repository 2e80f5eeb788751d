using System.Data.Common;
using Orleans;
using Postmill.Domain.Feed;
using Postmill.Grains.Feed;

namespace Postmill.Host.Live;

/// <summary>
/// The one stream that this silo holds of a user's log, fanned out to the readers that keep up. When the stream breaks (grain moved, silo
/// lost, database away) it is followed again from the last number; readers notice nothing but the delay. As long as that fails, because the grain's silo has
/// crashed and is not yet declared dead, or cannot be reached from here, the tail looks into the log itself at every attempt.
/// </summary>
internal sealed class FeedTail(
    Guid userId, long last, IGrainFactory grains, IFeedLog log, int page, SemaphoreSlim logTurns, LiveMetrics metrics, LostSilos lost, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<FeedReader> _readers = [];
    private readonly CancellationTokenSource _closed = new();
    private long _last = last;

    public Guid UserId => userId;

    /// <summary>Readers of any state; guarded by the lock of <see cref="FeedTails"/>.</summary>
    public int Users { get; set; }

    public void Start() => _ = RunAsync(_closed.Token);

    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
    }

    /// <summary>Feeds the reader from here on, unless the tail is already past its cursor.</summary>
    public bool TryAttach(FeedReader reader, long cursor)
    {
        lock (_gate)
        {
            if (_last > cursor) return false;
            _readers.Add(reader);
            return true;
        }
    }

    public void Detach(FeedReader reader)
    {
        lock (_gate) _readers.Remove(reader);
    }

    public async ValueTask<LogTurn> TakeLogTurnAsync(CancellationToken cancellationToken)
    {
        await logTurns.WaitAsync(cancellationToken);
        return new LogTurn(logTurns);
    }

    public void LogUnreadable(Exception fault) => LiveLog.LogUnreadable(logger, fault, userId);

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var loss = lost.Next;
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, loss);
                await foreach (var entry in grains.Feed(userId).Follow(_last, either.Token).WithCancellation(either.Token))
                {
                    Publish(entry);
                    failures = 0;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException) when (loss.IsCancellationRequested)
            {
                LiveLog.FollowedAgain(logger, userId, _last);
            }
            catch (Exception fault)
            {
                // An edge: whatever ended the stream, the answer is to follow again from the last number.
                if (failures == 0) LiveLog.StreamBroke(logger, fault, userId, _last);
                else LiveLog.StillBroken(logger, fault, userId, _last);
            }
            metrics.StreamBroke();
            if (failures > 0) await LookAsync(cancellationToken);
            await Task.Delay(FollowBackoff.After(failures++), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var turn = await TakeLogTurnAsync(cancellationToken);
            IReadOnlyList<FeedEvent> found;
            do
            {
                found = await log.ReadAsync(userId, _last, page, cancellationToken);
                foreach (var entry in found) Publish(entry);
            }
            while (found.Count == page);
        }
        catch (DbException fault)
        {
            LogUnreadable(fault);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // the last socket has left
        }
    }

    private void Publish(FeedEvent entry)
    {
        var frame = new FeedFrame(entry);
        lock (_gate)
        {
            if (entry.Seq <= _last) return;
            _last = entry.Seq;
            _readers.RemoveAll(reader => !reader.Offer(frame));
        }
    }
}

/// <summary>The right to read the log once, given back by disposing it.</summary>
internal readonly struct LogTurn(SemaphoreSlim turns) : IDisposable
{
    public void Dispose() => turns.Release();
}
