using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans;
using Orleans.Runtime;
using Postmill.Domain.Accounts;
using Postmill.Domain.Feed;
using Postmill.Host.Cluster;
using Postmill.Host.Tests.Sync;
using Postmill.Testing.Servers;

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
        all["Postmill:Sync:SweepPauseSeconds"] = "1"; // a wake that found the account still held elsewhere is soon followed by another
        all["Postmill:Sync:ThrottleSeconds"] = "0"; // a POST whose answer was lost with a silo does not make the next ones wait
        foreach (var (name, value) in settings) all[name] = value;
        var host = await HostFixture.StartAsync(new HostFixtureOptions { ConnectionString = connectionString, Settings = all, Configure = configure });
        _hosts.Add(host);
        return host;
    }

    /// <summary>A silo as a process of its own, for stories in which one is killed.</summary>
    public Task<HostProcess> StartProcessAsync(params (string Name, string Value)[] settings)
    {
        var environment = MailWorld.LocalSettings().ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => (string?)s.Value);
        environment["Postmill__Cluster__Secret"] = Secret;
        foreach (var (name, value) in settings) environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        return HostProcess.StartAsync(new HostOptions(connectionString) { Environment = environment });
    }

    /// <summary>Waits until every silo of this process sees so many active ones.</summary>
    public Task AreActiveAsync(int silos) => Eventually.TrueAsync($"{silos} silos are active to all", () => Task.FromResult(_hosts.Where(IsSilo).All(h => Active(h).Count() == silos)));

    public static Task HasMetASiloAsync(HostFixture front) =>
        Eventually.TrueAsync("the front has met a silo", () => Task.FromResult(front.Services.GetRequiredService<FrontConnection>().IsConnected));

    /// <summary>Where a grain is active; it is made active if it was not.</summary>
    public static async Task<string> RunsAtAsync(HostFixture by, string grainType, Guid key)
    {
        var grains = by.Services.GetRequiredService<IGrainFactory>();
        if (grainType == FeedGrains.GrainType) await grains.Feed(key).Where();
        else await grains.Account(key).Wake(WakeReason.Swept);
        var address = await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grains.GetGrain<IAddressable>(GrainId.Create(grainType, key.ToString())));
        return address!.ToParsableString();
    }

    /// <summary>A silo that the others, and fronts, reach over lines that a test can cut.</summary>
    public async Task<LinedSilo> StartBehindLinesAsync(string role = "all", Action<WebApplicationBuilder>? configure = null, params (string Name, string Value)[] settings)
    {
        var (silo, gateway) = (ClusterPorts.Free(IPAddress.Loopback, Random.Shared), ClusterPorts.Free(IPAddress.Loopback, Random.Shared));
        var (toSilo, toGateway) = (new TcpProxy(silo), new TcpProxy(gateway));
        var host = await StartAsync(role, builder =>
        {
            builder.Services.AddSingleton(new SiloEndpoints(At(toSilo.Port), At(toGateway.Port), At(silo), At(gateway)));
            configure?.Invoke(builder);
        }, settings);
        return new LinedSilo(host, toSilo, toGateway);

        static IPEndPoint At(int port) => new(IPAddress.Loopback, port);
    }

    /// <summary>Waits until every silo of these sees them all, and nobody else, as active, and every front has met one.</summary>
    public static Task SeeEachOtherAsync(params HostFixture[] hosts)
    {
        var silos = hosts.Where(IsSilo).ToList();
        var expected = silos.Select(Owner).Order().ToList();
        return Eventually.TrueAsync("the silos see each other", () => Task.FromResult(
            silos.All(h => Active(h).Order().SequenceEqual(expected)) && hosts.Except(silos).All(h => h.Services.GetRequiredService<FrontConnection>().IsConnected)));
    }

    /// <summary>What rows name as the owner of accounts that this silo has.</summary>
    public static string Owner(HostFixture host) => host.Services.GetRequiredService<ThisNode>().Id;

    /// <summary>What the others do with a silo that they cannot reach: it is dead to all who look into the table.</summary>
    public async Task DeclareDeadAsync(string owner)
    {
        var silo = SiloAddress.FromParsableString(owner);
        await ScalarAsync<object>("""
            WITH dead AS (UPDATE orleansmembershiptable SET status = 6, diedat = now() WHERE port = $1 AND generation = $2 RETURNING deploymentid)
            UPDATE orleansmembershipversiontable v SET version = version + 1 FROM dead d WHERE v.deploymentid = d.deploymentid
            """, silo.Endpoint.Port, silo.Generation);
    }

    private static bool IsSilo(HostFixture host) => host.Services.GetService<IClusterMembershipService>() is not null;

    private static IEnumerable<string> Active(HostFixture silo) => silo.Services.GetRequiredService<IClusterMembershipService>().CurrentSnapshot.Members.Values
        .Where(m => m.Status == SiloStatus.Active).Select(m => m.SiloAddress.ToParsableString());

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
