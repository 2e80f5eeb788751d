using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>The cluster as an operator sees it. Times are the database's.</summary>
/// <param name="Name">Of the cluster.</param>
/// <param name="Engine">What its grains run on.</param>
/// <param name="AskedAt">When this was true.</param>
/// <param name="Healthy">There are no <paramref name="Problems"/>.</param>
/// <param name="Problems">For people.</param>
/// <param name="Silos">All that are known.</param>
/// <param name="Accounts">Who is looked after.</param>
/// <param name="SweepLagSeconds">How long the longest overdue account waits.</param>
public sealed record Cluster(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("engine")] string Engine,
    [property: JsonPropertyName("asked_at")] DateTimeOffset AskedAt,
    [property: JsonPropertyName("healthy")] bool Healthy,
    [property: JsonPropertyName("problems")] IReadOnlyList<string> Problems,
    [property: JsonPropertyName("silos")] IReadOnlyList<Silo> Silos,
    [property: JsonPropertyName("accounts")] ClusterAccounts Accounts,
    [property: JsonPropertyName("sweep_lag_seconds")] double SweepLagSeconds);

/// <summary>One process of the cluster.</summary>
/// <param name="Name">By setting, or the machine's.</param>
/// <param name="Address">Where the others call it.</param>
/// <param name="Incarnation">Of this start of it.</param>
/// <param name="Role"><c>all</c>, <c>front</c> or <c>worker</c>.</param>
/// <param name="Version">Of Postmill.</param>
/// <param name="Status"><c>active</c>, <c>draining</c>, <c>expired</c> or <c>dead</c>.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="LeaseSecondsLeft">Until the others take over from it, unless it renews.</param>
/// <param name="Accounts">That it owns.</param>
/// <param name="Answering">Whether it gave this answer.</param>
public sealed record Silo(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("address")] string Address,
    [property: JsonPropertyName("incarnation")] string Incarnation,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("started_at")] DateTimeOffset StartedAt,
    [property: JsonPropertyName("lease_seconds_left")] double LeaseSecondsLeft,
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
