using System.Net;
using Granary;
using Granary.Cluster;
using Orleans.Configuration;
using Postmill.Adapters.Postgres;
using Postmill.Grains;
using Postmill.Grains.Accounts;

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
        builder.Services.AddGranaryMembership();
        builder.Services.AddSingleton<ISiloIncarnation, SiloOwner>();
    }

    /// <summary>The engine's own tables.</summary>
    public static IEnumerable<PostgresMigratorScript> Migrations() => GranarySchema.Scripts.Select((script, at) =>
        new PostgresMigratorScript(PostgresMigratorScript.FirstEngineVersion + 1 + at, script.Name, script.Sql));

    /// <summary>Account rows are owned by the incarnation that holds the lease.</summary>
    private sealed class SiloOwner(ISiloIdentity silo) : ISiloIncarnation
    {
        public Guid Current => silo.Incarnation;
    }
}
