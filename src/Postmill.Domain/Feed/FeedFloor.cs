namespace Postmill.Domain.Feed;

/// <summary>Where a user's log stands: events up to <see cref="Floor"/> are pruned, <see cref="Last"/> is the newest given.</summary>
[GenerateSerializer, Immutable, Alias("feed.floor")]
public sealed record FeedFloor([property: Id(0)] long Floor, [property: Id(1)] long Last);
