using Postmill.Domain.Feed;

namespace Postmill.Grains.Feed;

/// <summary>One log of events a user, as it stands committed. Reading it wakes no grain.</summary>
public interface IFeedLog
{
    /// <summary>
    /// The oldest events above <paramref name="after"/>, at most <paramref name="max"/>, in order of seq. The first one is <c>after + 1</c>,
    /// or the events between were pruned.
    /// </summary>
    Task<IReadOnlyList<FeedEvent>> ReadAsync(Guid userId, long after, int max, CancellationToken cancellationToken);

    /// <summary>The bounds of the log now; 0 and 0 for a user without events.</summary>
    Task<FeedFloor> WhereAsync(Guid userId, CancellationToken cancellationToken);
}
