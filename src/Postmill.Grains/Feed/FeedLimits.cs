namespace Postmill.Grains.Feed;

internal static class FeedLimits
{
    /// <summary>Events read at once: about 64 KiB of frames, so that one long catch-up holds neither memory nor a connection for long.</summary>
    public const int PageEvents = 256;

    /// <summary>How long a lost wake-up can delay an event. Each follower costs one index look-up per interval; there is one follower per silo and user.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);
}
