namespace Postmill.Host.Live;

/// <summary>How long a tail waits before it follows again: soon at first, for a drained silo's grains are elsewhere at once; never in step with others.</summary>
internal static class FollowBackoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public static TimeSpan After(int failures)
    {
        var full = First * Math.Pow(2, Math.Min(failures, 10));
        if (full > Longest) full = Longest;
        return full * (0.5 + Random.Shared.NextDouble() / 2);
    }
}
