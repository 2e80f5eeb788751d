using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Postmill.Host.Tests.Http;

namespace Postmill.Host.Tests.Cluster;

public sealed partial class AdminClusterTests
{
    // No sweep may touch the rows that a test has written.
    private static readonly HostFixtureOptions Still = new() { Settings = new Dictionary<string, string> { ["Postmill:Sync:SweepSeconds"] = "60", ["Postmill:Cluster:Role"] = "all" } };

    [Fact]
    public async Task The_answer_is_as_promised_field_by_field()
    {
        await using var host = await HostFixture.StartAsync(Still);
        var admin = await host.SignUpAsync();
        await using var rows = new ClusterRows(host.ConnectionString);
        var second = await rows.SiloAsync("second", seenAgo: 2);
        var killed = await rows.SiloAsync("killed", deadFor: 90);
        await rows.SiloAsync("stranger", cluster: "staging");
        await rows.AccountsAsync(3, second);
        await rows.AccountsAsync(1, second, dueIn: 300, running: true);
        await rows.AccountsAsync(2, killed, dueIn: -40, error: "imap_unreachable");
        await rows.AccountsAsync(1, second, dueIn: null, error: "imap_auth_failed");
        var text = await admin.Client.GetStringAsync("/api/admin/cluster");
        text = text.Replace($"\"{Environment.MachineName}\"", "\"first\"", StringComparison.Ordinal);
        text = OwnPort().Replace(Generation().Replace(text, "@7"), "127.0.0.1:7");
        Golden.AssertMatches("admin_cluster", Figure().Replace(Version().Replace(text, "\"0.1.0\""), "${1}7"));
    }

    [Fact]
    public async Task The_answering_silo_is_marked_and_the_living_come_first()
    {
        await using var host = await HostFixture.StartAsync(Still);
        await using var rows = new ClusterRows(host.ConnectionString);
        await rows.SiloAsync("ended", deadFor: 600);
        await rows.SiloAsync("forgotten", deadFor: 3_700);
        await rows.SiloAsync("leaving", status: "draining");
        var admin = await host.SignUpAsync();
        using var answer = await admin.Client.GetAsync("/api/admin/cluster");
        var cluster = (await answer.JsonAsync()).GetProperty("cluster");
        var silos = cluster.GetProperty("silos").EnumerateArray().ToDictionary(s => s.GetProperty("name").GetString()!);
        Assert.Equal("ended", cluster.GetProperty("silos").EnumerateArray().Last().GetProperty("name").GetString());
        Assert.False(silos.ContainsKey("forgotten"));
        Assert.True(silos[Environment.MachineName].GetProperty("answering").GetBoolean());
        Assert.False(silos["leaving"].GetProperty("answering").GetBoolean());
        Assert.True(cluster.GetProperty("healthy").GetBoolean());
        var counts = cluster.GetProperty("silo_counts");
        Assert.Equal((1, 1, 0, 1), (Count(counts, "active"), Count(counts, "draining"), Count(counts, "silent"), Count(counts, "dead")));
    }

    [Fact]
    public async Task It_is_for_admins_only()
    {
        await using var host = await HostFixture.StartAsync(Still);
        using (var nobody = await host.NewClient().GetAsync("/api/admin/cluster")) await nobody.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        var admin = await host.SignUpAsync();
        var other = await host.SignUpAsync();
        using (var refused = await other.Client.GetAsync("/api/admin/cluster")) await refused.AssertErrorAsync(HttpStatusCode.Forbidden, "role_insufficient");
        using var keyed = await host.NewClient(await HostFixture.NewKeyAsync(admin, "read")).GetAsync("/api/admin/cluster");
        Assert.Equal(HttpStatusCode.Unauthorized, keyed.StatusCode);
    }

    [Fact]
    public async Task The_requests_of_the_file_are_answered_as_they_say()
    {
        await using var host = await HostFixture.StartAsync(Still);
        var admin = await host.SignUpAsync();
        var file = RequestFile.Read(RequestFile.All().Single(f => f.EndsWith("cluster.http", StringComparison.Ordinal))).With("session", admin.Token);
        Assert.Equal(2, await file.ReplayAsync(host.NewClient(), host.Address));
    }

    private static int Count(System.Text.Json.JsonElement counts, string status) => int.Parse(counts.GetProperty(status).GetRawText(), CultureInfo.InvariantCulture);

    [GeneratedRegex("(\"(?:last_seen_seconds|oldest_orphan_seconds|sweep_lag_seconds)\":|the oldest for )[0-9][0-9.]*")]
    private static partial Regex Figure();

    [GeneratedRegex("@[0-9]+")]
    private static partial Regex Generation();

    [GeneratedRegex(@"127\.0\.0\.1:[0-9]+")]
    private static partial Regex OwnPort();

    [GeneratedRegex("(?<=\"version\":)\"[0-9.]+\"")]
    private static partial Regex Version();
}
