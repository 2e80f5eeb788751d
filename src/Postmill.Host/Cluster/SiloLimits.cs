namespace Postmill.Host.Cluster;

/// <summary>What a cluster waits for, and for how long.</summary>
internal static class SiloLimits
{
    /// <summary>A grain call without a deadline of its own; then its outcome is unknown.</summary>
    public static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(30);

    /// <summary>An activation's end: a mail under way, an IDLE that the server does not let end, the release of its row.</summary>
    public static readonly TimeSpan EndOfGrain = TimeSpan.FromSeconds(20);

    /// <summary>Between the probes of a silo by the others. A machine that is stalled for three of them is taken for dead.</summary>
    public static readonly TimeSpan Probe = TimeSpan.FromSeconds(2);

    /// <summary>Between two looks into the membership table, and between two signs of life there: what a silo that nobody could tell takes longer to learn.</summary>
    public static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    /// <summary>A silo's generation comes from its machine's clock. One that is absent from the table and older than this is dead to Orleans, which a clock that is behind must not look like.</summary>
    public static readonly TimeSpan WrongestClock = TimeSpan.FromDays(1);

    /// <summary>Calls that may wait for one grain; the next ones are refused.</summary>
    public const int MostQueuedCalls = 10_000;

    /// <summary>Bytes: the largest that our grains send is a batch of 100 events.</summary>
    public const int LargestMessage = 16 * 1024 * 1024;
}
