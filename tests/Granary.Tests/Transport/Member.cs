using Granary.Activations;
using Granary.Cluster;
using Granary.Drain;
using Granary.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;

namespace Granary.Tests.Transport;

/// <summary>One silo of a <see cref="TestCluster"/>.</summary>
internal sealed class Member(ServiceProvider services) : IAsyncDisposable
{
    public IServiceProvider Services => services;

    public IGrainFactory Grains => services.GetRequiredService<IGrainFactory>();

    public ISiloIdentity Identity => services.GetRequiredService<ISiloIdentity>();

    public int Activations => services.GetRequiredService<ActivationDirectory>().Count;

    public SiloMember Self => new(Identity.Incarnation, Identity.Address, Identity.Name, "1", "silo");

    public async Task StartAsync()
    {
        var hosted = services.GetServices<IHostedService>().ToArray();
        foreach (var service in hosted.OfType<IHostedLifecycleService>()) await service.StartingAsync(CancellationToken.None);
        foreach (var service in hosted) await service.StartAsync(CancellationToken.None);
    }

    /// <summary>Looks at the table now; silos of a test do it only then, or when they have reason to doubt what they know.</summary>
    public Task LookAsync() => services.GetRequiredService<ISiloWatch>().LookAgainAsync().WaitAsync(Silo.Patience);

    public Task DrainAsync() => services.GetRequiredService<ISiloDrain>().RunAsync().WaitAsync(Silo.Patience);

    /// <summary>The port is gone at once, with every connection.</summary>
    public ValueTask CutAsync() => services.GetRequiredService<SiloServer>().DisposeAsync();

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
