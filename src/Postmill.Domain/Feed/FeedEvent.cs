namespace Postmill.Domain.Feed;

/// <summary>One entry of a user's log. <see cref="Seq"/> is gap-free per user and in commit order; <see cref="Json"/> is the frame as it goes out, without <c>seq</c>.</summary>
[GenerateSerializer, Immutable, Alias("feed.event")]
public sealed record FeedEvent(
    [property: Id(0)] long Seq,
    [property: Id(1)] string Type,
    [property: Id(2)] string Json,
    [property: Id(3)] DateTimeOffset At);
