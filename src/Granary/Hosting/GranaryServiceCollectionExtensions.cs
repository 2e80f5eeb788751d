using System.Reflection;
using Granary.Activations;
using Granary.Calls;
using Granary.Cluster;
using Granary.Codec;
using Granary.Drain;
using Granary.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Granary;

/// <summary>Puts the engine into a host.</summary>
public static class GranaryServiceCollectionExtensions
{
    /// <summary>
    /// Adds a silo: the grain factory, the activations and what they need. Grain classes are made through dependency injection.
    /// May be called more than once; assemblies add up. Without <c>AddGranaryMembership</c> the silo stands alone.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">The engine's settings.</param>
    /// <param name="grainAssemblies">Where the grain classes are.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddGranary(this IServiceCollection services, Action<GranaryOptions>? configure = null, params Assembly[] grainAssemblies)
    {
        services.AddLogging();
        services.AddOptions<GranaryOptions>().ValidateOnStart();
        services.AddOptions<SiloMessagingOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GranaryOptions>, GranaryOptionsValidation>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SiloMessagingOptions>, MessagingOptionsValidation>());
        services.Configure<GranaryOptions>(options =>
        {
            foreach (var assembly in grainAssemblies) options.GrainAssemblies.Add(assembly);
        });
        if (configure is not null) services.Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SiloIdentity>();
        services.TryAddSingleton<ISiloIdentity>(provider => provider.GetRequiredService<SiloIdentity>());
        services.TryAddSingleton<ILocalSiloDetails>(provider => provider.GetRequiredService<SiloIdentity>());
        services.TryAddSingleton<ISiloDrain, SiloDrain>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SiloService>());
        services.TryAddSingleton<GrainManifest>();
        services.TryAddSingleton<ActivationDirectory>();
        services.TryAddSingleton<ICallRouter>(provider => provider.GetRequiredService<ActivationDirectory>());
        services.TryAddSingleton<IPlacement, OnlyHere>();
        services.TryAddSingleton<Codecs>();
        services.TryAddSingleton<ICopierSource>(provider => provider.GetRequiredService<Codecs>());
        services.TryAddSingleton<GrainCalls>();
        services.TryAddSingleton<GrainFactory>();
        services.TryAddSingleton<IGrainFactory>(provider => provider.GetRequiredService<GrainFactory>());
        services.TryAddSingleton<IClusterClient>(provider => provider.GetRequiredService<GrainFactory>());
        return services;
    }

    /// <summary>
    /// Adds the silo's lease in PostgreSQL: the silo works only while it holds one. Takes <c>NpgsqlDataSource</c> from the services; the host runs
    /// <see cref="GranarySchema.Scripts"/> before it starts. Call it, like <see cref="AddGranary"/>, before services that use grains when they start.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">The lease's times.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddGranaryMembership(this IServiceCollection services, Action<LeaseOptions>? configure = null)
    {
        services.AddOptions<LeaseOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LeaseOptions>, LeaseOptionsValidation>());
        if (configure is not null) services.Configure(configure);
        services.TryAddSingleton<ISiloTable, PostgresSiloTable>();
        services.TryAddSingleton<SiloMembership>();
        services.TryAddSingleton<ISiloWatch>(provider => provider.GetRequiredService<SiloMembership>());
        services.TryAddSingleton<ISiloView>(provider => provider.GetRequiredService<ISiloWatch>());
        services.AddHostedService(provider => provider.GetRequiredService<SiloMembership>());
        return services;
    }

    /// <summary>
    /// Adds the calls between silos: from now on a grain runs on the one of the active silos it belongs to, and this silo listens at its <c>EndpointOptions</c> (port 0 is a free
    /// one). Call it after <see cref="AddGranaryMembership"/>. Without it every silo runs whatever it is asked.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">The secret, and the limits.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddGranaryTransport(this IServiceCollection services, Action<TransportOptions> configure)
    {
        services.AddOptions<TransportOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TransportOptions>, TransportOptionsValidation>());
        services.Configure(configure);
        services.TryAddSingleton<SiloKey>();
        services.TryAddSingleton<SiloCertificates>();
        services.TryAddSingleton<CallWire>();
        services.TryAddSingleton<AnswerWire>();
        services.TryAddSingleton<SiloClient>();
        // Late: reading a call needs the callers' side, which sends through the client.
        services.TryAddSingleton(provider => new Lazy<CallWire>(provider.GetRequiredService<CallWire>));
        services.TryAddSingleton<CallGuard>();
        services.TryAddSingleton<Refusals>();
        services.TryAddSingleton<Outages>();
        services.TryAddSingleton<CallEndpoint>();
        services.TryAddSingleton<SiloServer>();
        services.Replace(ServiceDescriptor.Singleton<IPlacement, ByRendezvous>());
        services.Replace(ServiceDescriptor.Singleton<ICallRouter, ClusterRouter>());
        services.AddHostedService(provider => provider.GetRequiredService<SiloServer>());
        services.AddHostedService<ActivationMover>();
        return services;
    }
}
