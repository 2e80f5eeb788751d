using System.Net;
using Granary;
using Orleans.Configuration;
using Postmill.Adapters.Postgres;
using Postmill.Grains;

namespace Postmill.Host;

/// <summary>Our own engine; see src/Granary/README.md.</summary>
internal static class EngineHosting
{
    public static void AddEngine(WebApplicationBuilder builder, ClusterSettings settings, IPAddress advertised)
    {
        builder.Services.Configure<ClusterOptions>(o => o.ClusterId = o.ServiceId = settings.Name);
        builder.Services.Configure<EndpointOptions>(o =>
        {
            o.AdvertisedIPAddress = advertised;
            o.SiloPort = settings.Port;
        });
        builder.Services.AddGranary(o => o.Role = settings.Role, typeof(GrainServices).Assembly);
    }

    /// <summary>The engine's own tables.</summary>
    public static IEnumerable<PostgresMigratorScript> Migrations() => [];
}
