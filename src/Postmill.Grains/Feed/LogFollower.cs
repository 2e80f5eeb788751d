using System.Runtime.CompilerServices;
using Postmill.Domain.Feed;

namespace Postmill.Grains.Feed;

/// <summary>
/// Turns a log into a live sequence, until the silo leaves. <see cref="Advanced"/> only says "look": what is delivered comes from the log, from the
/// follower's own cursor, so a lost, doubled or early signal changes nothing but the moment.
/// </summary>
internal sealed class LogFollower(IFeedLog log, Guid userId, TimeProvider timeProvider, CancellationToken leaving)
{
    private TaskCompletionSource _advanced = NewSignal();
    private long _known;

    public void Advanced(long seq)
    {
        if (seq <= _known) return;
        _known = seq;
        var woken = _advanced;
        _advanced = NewSignal();
        woken.TrySetResult();
    }

    public async IAsyncEnumerable<FeedEvent> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = after;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, leaving);
        while (!leaving.IsCancellationRequested)
        {
            // Taken before the read: an advance during the read completes this very task.
            var advanced = _advanced.Task;
            var page = await log.ReadAsync(userId, cursor, FeedLimits.PageEvents, cancellationToken);
            foreach (var entry in page)
            {
                yield return entry;
                cursor = entry.Seq;
            }
            if (page.Count == FeedLimits.PageEvents) continue;
            // Back on the grain's scheduler, and no exception for the ordinary case that nothing happened for a while.
            await advanced.WaitAsync(FeedLimits.Poll, timeProvider, either.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
