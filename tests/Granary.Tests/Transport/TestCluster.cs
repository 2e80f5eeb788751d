using System.Net;
using Granary.Cluster;
using Granary.Transport;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Granary.Tests.Transport;

/// <summary>Silos in this process that call each other over real connections on free ports.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string Secret = "a secret of the tests";

    private readonly List<Member> _members = [];
    private readonly HashSet<string> _keys = [];

    public SharedSiloTable Table { get; } = new();

    public Probe Probe { get; } = new();

    public static async Task<TestCluster> StartAsync(params string[] names)
    {
        var cluster = new TestCluster();
        foreach (var name in names) await cluster.AddAsync(name);
        foreach (var member in cluster._members) await member.LookAsync();
        return cluster;
    }

    public Member this[string name] => _members.Last(m => m.Identity.Name == name);

    /// <summary>The silo of this name, which is still to be added, is reached through this network.</summary>
    public void Behind(string name, SiloNetwork network) => Table.Registers = silo =>
    {
        if (silo.Name != name) return silo;
        network.Silo = IPEndPoint.Parse(silo.Address);
        return silo with { Address = network.Address.ToString() };
    };

    public async Task<Member> AddAsync(string name, Action<TransportOptions>? configure = null, Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(Probe);
        services.AddSingleton<ISiloTable>(Table);
        services.Configure<EndpointOptions>(o => o.SiloPort = 0);
        services.AddGranary(o => o.SiloName = name, typeof(TestCluster).Assembly, typeof(WorkerGrain).Assembly);
        // So rarely that a view changes only when a silo has reason to look.
        services.AddGranaryMembership(o => (o.Duration, o.RenewEvery) = (TimeSpan.FromHours(3), TimeSpan.FromHours(1)));
        services.AddGranaryTransport(o =>
        {
            o.Secret = Secret;
            configure?.Invoke(o);
        });
        more?.Invoke(services);
        var member = new Member(services.BuildServiceProvider());
        _members.Add(member);
        await member.StartAsync();
        return member;
    }

    /// <summary>A key of a grain type that belongs to this silo among those in the table; another one each time.</summary>
    public string KeyOn(string type, Member owner, params IReadOnlyList<SiloMember> silos)
    {
        for (var n = 0; ; n++)
        {
            var key = $"k{n}";
            if (!KeyBelongsTo(type, key, owner, silos) || !_keys.Add(key)) continue;
            Probe.Open($"{key} may end");
            return key;
        }
    }

    public bool KeyBelongsTo(string type, string key, Member owner, params IReadOnlyList<SiloMember> silos) =>
        Rendezvous.OwnerOf(GrainId.Create(type, key), silos.Count > 0 ? silos : Table.Active)!.Incarnation == owner.Identity.Incarnation;

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members) await member.DisposeAsync();
    }
}
