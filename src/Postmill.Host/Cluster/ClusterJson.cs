using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Cluster;

namespace Postmill.Host.Cluster;

/// <summary>Of <c>GET /api/admin/cluster</c> and of <c>postmill cluster status --json</c>. All times are the database's.</summary>
internal sealed record ClusterAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("cluster")] ClusterJson Cluster);

internal sealed record ClusterJson(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("asked_at")] DateTimeOffset AskedAt,
    [property: JsonPropertyName("healthy")] bool Healthy,
    [property: JsonPropertyName("problems")] IReadOnlyList<string> Problems,
    [property: JsonPropertyName("silos")] IReadOnlyList<SiloJson> Silos,
    [property: JsonPropertyName("silo_counts")] IReadOnlyDictionary<string, int> SiloCounts,
    [property: JsonPropertyName("accounts")] ClusterAccountsJson Accounts,
    [property: JsonPropertyName("sweep_lag_seconds")] double SweepLagSeconds,
    [property: JsonPropertyName("other_clusters")] IReadOnlyList<OtherClusterJson> OtherClusters)
{
    /// <param name="name">The cluster's name.</param>
    /// <param name="view">What was read of it.</param>
    /// <param name="answering">The id of the one that answers; null when none does.</param>
    public static ClusterJson Of(string name, ClusterView view, string? answering)
    {
        var problems = ClusterProblems.Of(view);
        return new ClusterJson(
            name, view.At, problems.Count == 0, problems,
            [.. view.Silos.Select(s => SiloJson.Of(s, answering))],
            SiloLife.All.ToDictionary(s => s, s => view.Silos.Count(silo => silo.Status == s)),
            ClusterAccountsJson.Of(view.Accounts),
            Seconds(view.Accounts.SweepLag),
            [.. view.Others.Select(o => new OtherClusterJson(o.Name, o.Silos))]);
    }

    public static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 1);
}

internal sealed record SiloJson(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("address")] string Address,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("started_at")] DateTimeOffset StartedAt,
    [property: JsonPropertyName("last_seen_at")] DateTimeOffset LastSeenAt,
    [property: JsonPropertyName("last_seen_seconds")] double LastSeenSeconds,
    [property: JsonPropertyName("accounts")] long Accounts,
    [property: JsonPropertyName("answering")] bool Answering)
{
    public static SiloJson Of(SiloView silo, string? answering) => new(
        silo.Id, silo.Name, silo.Address, silo.Role, silo.Version, silo.Status, silo.StartedAt, silo.SeenAt, ClusterJson.Seconds(silo.SeenAgo),
        silo.Accounts, silo.Id == answering);
}

internal sealed record ClusterAccountsJson(
    [property: JsonPropertyName("connected")] long Connected,
    [property: JsonPropertyName("owned")] long Owned,
    [property: JsonPropertyName("orphaned")] long Orphaned,
    [property: JsonPropertyName("oldest_orphan_seconds")] double OldestOrphanSeconds,
    [property: JsonPropertyName("overdue")] long Overdue,
    [property: JsonPropertyName("running")] long Running,
    [property: JsonPropertyName("need_person")] long NeedPerson,
    [property: JsonPropertyName("by_status")] AccountStatusJson ByStatus)
{
    public static ClusterAccountsJson Of(AccountTotals totals) => new(
        totals.Connected, totals.Owned, totals.Orphaned, ClusterJson.Seconds(totals.OldestOrphan), totals.Overdue, totals.Running, totals.NeedPerson,
        new AccountStatusJson(totals.Pending, totals.Running, totals.Synced, totals.Failed));
}

/// <summary>The words of <c>sync_status</c>, except that a run whose owner is gone does not count as syncing.</summary>
internal sealed record AccountStatusJson(
    [property: JsonPropertyName("pending")] long Pending,
    [property: JsonPropertyName("syncing")] long Syncing,
    [property: JsonPropertyName("synced")] long Synced,
    [property: JsonPropertyName("error")] long Error);

internal sealed record OtherClusterJson([property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("silos")] int Silos);
