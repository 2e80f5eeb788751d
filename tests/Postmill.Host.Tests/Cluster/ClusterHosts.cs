using Granary.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.Cluster;

/// <summary>Several hosts of this process on one database, each with a free port for the others. What they share is the database and the secret, as with processes.</summary>
internal sealed class ClusterHosts(string connectionString) : IAsyncDisposable
{
    public const string Secret = "what the silos show each other";

    private readonly List<HostFixture> _hosts = [];

    public string ConnectionString => connectionString;

    public static async Task<ClusterHosts> NewAsync() => new(await TestDatabase.CreateAsync());

    /// <param name="settings">Beside those of a silo of this cluster that reaches servers on this machine.</param>
    public async Task<HostFixture> StartAsync(string role = "all", Action<WebApplicationBuilder>? configure = null, params (string Name, string Value)[] settings)
    {
        var all = MailWorld.LocalSettings();
        all["Postmill:Cluster:Role"] = role;
        all["Postmill:Cluster:Secret"] = Secret;
        all["Postmill:Cluster:Port"] = "0";
        all["Postmill:Sync:SweepPauseSeconds"] = "1"; // a wake that found the account still held elsewhere is soon followed by another
        all["Postmill:Sync:ThrottleSeconds"] = "0"; // a POST whose answer was lost with a silo does not make the next ones wait
        foreach (var (name, value) in settings) all[name] = value;
        var host = await HostFixture.StartAsync(new HostFixtureOptions { ConnectionString = connectionString, Settings = all, Configure = configure });
        _hosts.Add(host);
        return host;
    }

    /// <summary>Leases that are over soon, for stories in which a silo vanishes.</summary>
    public static void ShortLease(WebApplicationBuilder builder) => builder.Services.Configure<LeaseOptions>(lease =>
    {
        lease.Duration = TimeSpan.FromSeconds(4);
        lease.RenewEvery = TimeSpan.FromSeconds(1);
        lease.RetryAfter = TimeSpan.FromSeconds(0.5);
        lease.StopBefore = TimeSpan.FromSeconds(1);
    });

    /// <summary>Waits until every one of these sees them all, and nobody else, as takers of work.</summary>
    public static Task SeeEachOtherAsync(params HostFixture[] hosts)
    {
        var expected = hosts.Select(Incarnation).Order().ToList();
        return Eventually.TrueAsync("the silos see each other", () => Task.FromResult(
            hosts.All(h => h.Services.GetRequiredService<ISiloView>().Active.Select(s => s.Incarnation).Order().SequenceEqual(expected))));
    }

    public static Guid Incarnation(HostFixture host) => host.Services.GetRequiredService<ISiloIdentity>().Incarnation;

    /// <summary>A user of one host, at another.</summary>
    public static SignedIn At(HostFixture host, SignedIn user) => user with { Client = host.NewClient(user.Token) };

    public async Task<T?> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var database = NpgsqlDataSource.Create(connectionString + ";Pooling=false");
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync() is T found ? found : default;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
    }
}
