using System.Net;
using Postmill.Host.Cluster;
using Postmill.Host.Settings;

namespace Postmill.Host;

/// <summary>The grain engine. What differs between the two is in <c>Engine.Granary.cs</c> and <c>Engine.Orleans.cs</c>.</summary>
internal static class EngineFace
{
    public static void AddEngine(this WebApplicationBuilder builder)
    {
        var settings = builder.AddSettings<ClusterSettings>("Cluster");
        var address = AdvertisedAddress.Resolve(settings.AdvertisedAddress);
        if (address is null) builder.RefuseSetting("Cluster", nameof(ClusterSettings.AdvertisedAddress), settings.AdvertisedAddress, AdvertisedAddress.Allowed);
        builder.RefuseSettings(settings.Problem());
        if (settings.Role != ClusterRole.All && string.IsNullOrEmpty(builder.Configuration.GetConnectionString("Postgres")))
            builder.RefuseSettings($"setting Postmill:Cluster:Role is '{settings.Role.ToString().ToLowerInvariant()}' without ConnectionStrings:Postgres; allowed: the database that all silos share, or the role all.");
        ((IHostApplicationBuilder)builder).Properties[typeof(ClusterSettings)] = settings;
        EngineHosting.AddEngine(builder, settings, address ?? IPAddress.Loopback);
    }

    /// <summary>The settings, for features that come after the engine.</summary>
    public static ClusterSettings Cluster(this WebApplicationBuilder builder) => (ClusterSettings)((IHostApplicationBuilder)builder).Properties[typeof(ClusterSettings)];
}
