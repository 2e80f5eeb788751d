using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Granary;

/// <summary>Puts the engine into a host that is being built.</summary>
public static class GranaryHostingExtensions
{
    /// <summary>Adds a silo; see <see cref="GranaryServiceCollectionExtensions.AddGranary"/>.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="configure">The engine's settings.</param>
    /// <param name="grainAssemblies">Where the grain classes are.</param>
    /// <returns>The silo's builder.</returns>
    public static ISiloBuilder AddGranary(this IHostApplicationBuilder builder, Action<GranaryOptions>? configure = null, params Assembly[] grainAssemblies)
    {
        builder.Services.AddGranary(configure, grainAssemblies);
        return new SiloBuilder(builder.Services, builder.Configuration);
    }

    private sealed record SiloBuilder(IServiceCollection Services, IConfiguration Configuration) : ISiloBuilder;
}
