namespace Postmill.Domain.Feed;

public static class FeedGrains
{
    public const string GrainType = "feed";

    /// <summary>The grain of a user's log. It is named by its type, so that a front can name it before it has met a silo.</summary>
    public static IFeedGrain Feed(this IGrainFactory grains, Guid userId) =>
        grains.GetGrain<IFeedGrain>(GrainId.Create(GrainType, userId.ToString()));
}
