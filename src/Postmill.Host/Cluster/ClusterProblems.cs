using System.Globalization;
using Postmill.Adapters.Postgres.Cluster;

namespace Postmill.Host.Cluster;

/// <summary>What an operator must look at, in words. None: all is well.</summary>
internal static class ClusterProblems
{
    /// <summary>A silo of this role runs no grains: mailboxes need one of another.</summary>
    private const string Front = "front";

    public static IReadOnlyList<string> Of(ClusterView cluster)
    {
        var problems = new List<string>();
        var active = cluster.Silos.Where(s => s.Status == SiloLife.Active).ToList();
        if (!cluster.Silos.Any(s => s.IsLiving)) problems.Add("no silo is alive");
        else if (active.Count == 0) problems.Add("every silo that is alive is draining");
        else if (active.All(s => s.Role == Front)) problems.Add("no active silo runs grains: all have the role front");
        problems.AddRange(cluster.Silos.Where(s => s.Status == SiloLife.Silent && s.SeenAgo > ClusterLimits.OrphanPatience).Select(s => string.Create(CultureInfo.InvariantCulture,
            $"{s.Name} at {s.Address} has written nothing for {s.SeenAgo.TotalSeconds:0} s, and nobody has declared it dead")));
        if (cluster.Accounts.Orphaned > 0 && cluster.Accounts.OldestOrphan > ClusterLimits.OrphanPatience)
            problems.Add(string.Create(CultureInfo.InvariantCulture,
                $"accounts without an owner: {cluster.Accounts.Orphaned}, the oldest for {cluster.Accounts.OldestOrphan.TotalSeconds:0} s; {ClusterLimits.OrphanPatience.TotalSeconds:0} s are normal after the loss of a silo"));
        problems.AddRange(cluster.Others.Select(o => string.Create(CultureInfo.InvariantCulture,
            $"another cluster works on this database: {o.Name} (silos alive: {o.Silos}); every silo of a database needs the same Postmill:Cluster:Name")));
        return problems;
    }
}
