using Granary;
using Granary.Cluster;
using Granary.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Engine.Tests;

/// <summary>Silos of Granary. Outside of every silo a caller is a silo of the role <c>front</c>, which runs no grains.</summary>
internal sealed partial class TestSilos
{
    private readonly List<ServiceProvider> _silos = [];
    private readonly SharedSiloTable _table = new();
    private ServiceProvider _caller = null!;
    private Action<IServiceCollection> _configure = _ => { };

    public partial IGrainFactory Grains => _caller.GetRequiredService<IGrainFactory>();

    public static partial async Task<TestSilos> StartAsync(Layout layout, Action<IServiceCollection> configure)
    {
        var silos = new TestSilos(layout) { _configure = configure };
        if (layout == Layout.One)
        {
            silos._silos.Add(silos._caller = silos.Services("silo", "one").BuildServiceProvider());
            return silos;
        }

        // Each sees at its start those that were there before it; the caller comes last.
        for (var n = 0; n < (layout == Layout.Three ? 3 : 1); n++) await silos.JoinAsync("silo", $"silo{n}");
        silos._caller = await silos.JoinAsync(SiloRoles.Front, "caller");
        if (layout == Layout.Three) await silos.LookAsync();
        return silos;
    }

    public partial async Task AddAsync()
    {
        await JoinAsync("silo", $"silo{_silos.Count}");
        await LookAsync();
    }

    public partial async Task KillAsync(string name)
    {
        var silo = _silos.Single(s => Identity(s).Name == name);
        _silos.Remove(silo);
        await silo.GetRequiredService<SiloServer>().DisposeAsync();
        _table.Expire(Identity(silo).Incarnation);
        await LookAsync();
        // What it still runs is seen by nobody: its port is gone.
        await silo.DisposeAsync();
    }

    public partial async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos) await silo.DisposeAsync();
    }

    private static ISiloIdentity Identity(ServiceProvider silo) => silo.GetRequiredService<ISiloIdentity>();

    private async Task<ServiceProvider> JoinAsync(string role, string name)
    {
        var services = Services(role, name);
        services.AddSingleton<ISiloTable>(_table);
        services.Configure<EndpointOptions>(o => o.SiloPort = 0);
        // So rarely that a view changes only when a silo has reason to look.
        services.AddGranaryMembership(o => (o.Duration, o.RenewEvery) = (TimeSpan.FromHours(3), TimeSpan.FromHours(1)));
        services.AddGranaryTransport(o => o.Secret = "a secret of the tests");
        var silo = services.BuildServiceProvider();
        _silos.Add(silo);
        var hosted = silo.GetServices<IHostedService>().ToArray();
        foreach (var service in hosted.OfType<IHostedLifecycleService>()) await service.StartingAsync(CancellationToken.None);
        foreach (var service in hosted) await service.StartAsync(CancellationToken.None);
        return silo;
    }

    private ServiceCollection Services(string role, string name)
    {
        var services = new ServiceCollection();
        services.AddSingleton(Time);
        services.AddSingleton(Probe);
        services.AddGranary(o => (o.Role, o.SiloName) = (role, name), typeof(TestSilos).Assembly);
        _configure(services);
        return services;
    }

    private async Task LookAsync()
    {
        foreach (var silo in _silos) await silo.GetRequiredService<ISiloWatch>().LookAgainAsync().WaitAsync(Patience);
    }
}
