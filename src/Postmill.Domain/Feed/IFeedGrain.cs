namespace Postmill.Domain.Feed;

/// <summary>The tail of one user's log; the key is the user's id. It only wakes and reads: what is true stands in the event table.</summary>
[Alias("feed")]
public interface IFeedGrain : IGrainWithStringKey
{
    /// <summary>Every event with a seq above <paramref name="after"/>, in order, then live until cancelled.</summary>
    /// <remarks>The caller has compared <paramref name="after"/> with <see cref="Where"/>: below the floor events are gone and the reader must begin anew.</remarks>
    [Alias("Follow")]
    IAsyncEnumerable<FeedEvent> Follow(long after, CancellationToken cancellationToken);

    /// <summary>The bounds of the log now.</summary>
    [AlwaysInterleave, Alias("Where")]
    Task<FeedFloor> Where();

    /// <summary>A writer committed up to <paramref name="seq"/>. May be lost or doubled: it says "look", no more (STYLE 5).</summary>
    [OneWay, AlwaysInterleave, Alias("Advanced")]
    Task Advanced(long seq);
}
