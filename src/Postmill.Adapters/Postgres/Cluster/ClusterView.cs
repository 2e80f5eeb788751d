namespace Postmill.Adapters.Postgres.Cluster;

/// <summary>A cluster at one moment of the database's clock.</summary>
/// <param name="At">The moment.</param>
/// <param name="Silos">Living ones by address, then those that ended within <see cref="ClusterLimits.ShowGoneFor"/>, latest first.</param>
/// <param name="Accounts">The connected accounts of the database, whichever cluster owns them.</param>
/// <param name="Others">Clusters of other names that are alive on the same database: a mistake.</param>
internal sealed record ClusterView(DateTimeOffset At, IReadOnlyList<SiloView> Silos, AccountTotals Accounts, IReadOnlyList<OtherCluster> Others);

/// <param name="Status">See <see cref="SiloStatus"/>.</param>
/// <param name="LeaseLeft">Zero once it has ended.</param>
/// <param name="Accounts">Connected accounts whose row names it as owner.</param>
internal sealed record SiloView(
    Guid Incarnation, string Name, string Address, string Role, string Version, string Status, DateTimeOffset StartedAt, DateTimeOffset LeaseExpiresAt, TimeSpan LeaseLeft, long Accounts)
{
    public bool IsLiving => Status is SiloStatus.Active or SiloStatus.Draining;
}

internal static class SiloStatus
{
    public const string Active = "active", Draining = "draining";

    /// <summary>It ended without giving its lease back: killed, stalled, or cut off.</summary>
    public const string Expired = "expired";

    /// <summary>It gave its lease back, or another start at its address took its place.</summary>
    public const string Dead = "dead";

    public static readonly IReadOnlyList<string> All = [Active, Draining, Expired, Dead];
}

internal sealed record OtherCluster(string Name, int Silos);
