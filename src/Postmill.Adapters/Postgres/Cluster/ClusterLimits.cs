namespace Postmill.Adapters.Postgres.Cluster;

/// <summary>What the operator's view shows at most.</summary>
internal static class ClusterLimits
{
    /// <summary>Living silos come first. More than this is no cluster that a table could show.</summary>
    public const int MostSilos = 500;

    /// <summary>How long silos that have ended stay in the view: long enough to see a restart, short enough not to bury the living.</summary>
    public static readonly TimeSpan ShowGoneFor = TimeSpan.FromHours(1);

    /// <summary>How long what a process said of itself is kept after it was last seen.</summary>
    public static readonly TimeSpan KeepGoneFor = TimeSpan.FromDays(7);

    /// <summary>Three times the period in which a silo writes that it lives.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>The promise to mailboxes: owned again within this time of a silo's loss. An orphan that is older is something wrong.</summary>
    public static readonly TimeSpan OrphanPatience = TimeSpan.FromSeconds(30);
}
