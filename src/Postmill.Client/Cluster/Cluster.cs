using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>The cluster as an operator sees it. Times are the database's.</summary>
/// <param name="Name">Of the cluster.</param>
/// <param name="AskedAt">When this was true.</param>
/// <param name="Healthy">There are no <paramref name="Problems"/>.</param>
/// <param name="Problems">For people.</param>
/// <param name="Silos">All that are known.</param>
/// <param name="Accounts">Who is looked after.</param>
/// <param name="SweepLagSeconds">How long the longest overdue account waits.</param>
public sealed record Cluster(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("asked_at")] DateTimeOffset AskedAt,
    [property: JsonPropertyName("healthy")] bool Healthy,
    [property: JsonPropertyName("problems")] IReadOnlyList<string> Problems,
    [property: JsonPropertyName("silos")] IReadOnlyList<Silo> Silos,
    [property: JsonPropertyName("accounts")] ClusterAccounts Accounts,
    [property: JsonPropertyName("sweep_lag_seconds")] double SweepLagSeconds);

/// <summary>One process of the cluster: a silo, or a front.</summary>
/// <param name="Id">Of this start of it.</param>
/// <param name="Name">By setting, or the machine's.</param>
/// <param name="Address">Where the others call it; of a front, its machine.</param>
/// <param name="Role"><c>all</c>, <c>front</c> or <c>worker</c>.</param>
/// <param name="Version">Of Postmill.</param>
/// <param name="Status"><c>joining</c>, <c>active</c>, <c>draining</c>, <c>silent</c> or <c>dead</c>.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="LastSeenSeconds">Since it last wrote that it lives.</param>
/// <param name="Accounts">That it owns.</param>
/// <param name="Answering">Whether it gave this answer.</param>
public sealed record Silo(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("address")] string Address,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("started_at")] DateTimeOffset StartedAt,
    [property: JsonPropertyName("last_seen_seconds")] double LastSeenSeconds,
    [property: JsonPropertyName("accounts")] long Accounts,
    [property: JsonPropertyName("answering")] bool Answering);

/// <summary>Numbers of accounts.</summary>
/// <param name="Connected">All.</param>
/// <param name="Owned">Looked after by a living silo.</param>
/// <param name="Orphaned">By none, for now.</param>
/// <param name="OldestOrphanSeconds">For how long.</param>
/// <param name="Overdue">Whose sync should have begun.</param>
/// <param name="Running">Whose sync runs.</param>
/// <param name="NeedPerson">Whose retries are used up.</param>
public sealed record ClusterAccounts(
    [property: JsonPropertyName("connected")] long Connected,
    [property: JsonPropertyName("owned")] long Owned,
    [property: JsonPropertyName("orphaned")] long Orphaned,
    [property: JsonPropertyName("oldest_orphan_seconds")] double OldestOrphanSeconds,
    [property: JsonPropertyName("overdue")] long Overdue,
    [property: JsonPropertyName("running")] long Running,
    [property: JsonPropertyName("need_person")] long NeedPerson);

internal sealed record ClusterAnswer([property: JsonPropertyName("cluster")] Cluster Cluster);
