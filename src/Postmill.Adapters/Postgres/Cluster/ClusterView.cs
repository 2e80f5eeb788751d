namespace Postmill.Adapters.Postgres.Cluster;

/// <summary>A cluster at one moment of the database's clock.</summary>
/// <param name="At">The moment.</param>
/// <param name="Silos">Silos and fronts: living ones by address, then those that ended within <see cref="ClusterLimits.ShowGoneFor"/>, latest first.</param>
/// <param name="Accounts">The connected accounts of the database, whichever cluster owns them.</param>
/// <param name="Others">Clusters of other names that are alive on the same database: a mistake.</param>
internal sealed record ClusterView(DateTimeOffset At, IReadOnlyList<SiloView> Silos, AccountTotals Accounts, IReadOnlyList<OtherCluster> Others);

/// <param name="Id">Of this start of it; what <c>account.owner</c> names, if it runs grains.</param>
/// <param name="Address">Where the others reach it; a front's machine.</param>
/// <param name="Status">See <see cref="SiloLife"/>.</param>
/// <param name="SeenAt">When it last wrote that it lives.</param>
/// <param name="Accounts">Connected accounts whose row names it as owner.</param>
internal sealed record SiloView(
    string Id, string Name, string Address, string Role, string Version, string Status, DateTimeOffset StartedAt, DateTimeOffset SeenAt, TimeSpan SeenAgo, long Accounts)
{
    public bool IsLiving => Status is SiloLife.Joining or SiloLife.Active or SiloLife.Draining;
}

/// <summary>How Orleans' membership table has it, in words.</summary>
internal static class SiloLife
{
    public const string Joining = "joining", Active = "active", Draining = "draining";

    /// <summary>It has not written that it lives for <see cref="ClusterLimits.Silence"/>, and nobody has declared it dead yet.</summary>
    public const string Silent = "silent";

    /// <summary>It left, or was declared dead.</summary>
    public const string Dead = "dead";

    public static readonly IReadOnlyList<string> All = [Joining, Active, Draining, Silent, Dead];
}

internal sealed record OtherCluster(string Name, int Silos);
