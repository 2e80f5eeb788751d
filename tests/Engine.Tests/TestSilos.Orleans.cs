using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace Engine.Tests;

/// <summary>Microsoft Orleans' own cluster for tests. Its caller is a client of the cluster, outside of every silo. Compiled with <c>-p:Engine=Orleans</c> only.</summary>
internal sealed partial class TestSilos
{
    private InProcessTestCluster _cluster = null!;
    private IGrainFactory _grains = null!;

    public partial IGrainFactory Grains => _grains;

    public static partial async Task<TestSilos> StartAsync(Layout layout, Action<IServiceCollection> configure)
    {
        var silos = new TestSilos(layout);
        var builder = new InProcessTestClusterBuilder((short)(layout == Layout.Three ? 3 : 1));
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton(silos.Probe);
            silo.Services.AddSingleton(silos.Time);
            configure(silo.Services);
        });
        builder.ConfigureClient(client => client.Services.AddSingleton(silos.Time));
        silos._cluster = builder.Build();
        await silos._cluster.DeployAsync();
        silos._grains = layout == Layout.One ? silos._cluster.Silos[0].ServiceProvider.GetRequiredService<IGrainFactory>() : silos._cluster.Client;
        return silos;
    }

    public partial Task AddAsync() => _cluster.StartAdditionalSiloAsync();

    public partial Task KillAsync(string name) => _cluster.KillSiloAsync(_cluster.Silos.Single(silo => silo.Name == name));

    public partial ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
