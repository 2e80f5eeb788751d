namespace Postmill.Grains.Sync;

/// <param name="Name">For metrics.</param>
/// <param name="AtOnce">Most that are inside at once.</param>
/// <param name="PerSecond">Entries a second in the long run; null: as many as come.</param>
internal sealed record GateLimits(string Name, int AtOnce, double? PerSecond = null)
{
    // A quarter of a second's entries: enough that timers of some milliseconds do not slow the rate, too few for a server to notice.
    private const double BurstSeconds = 0.25;

    /// <summary>Entries that may follow each other at once after a silence.</summary>
    public double Burst => PerSecond is { } rate ? Math.Max(1, rate * BurstSeconds) : AtOnce;
}
