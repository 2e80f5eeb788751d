using System.Net;
using Postmill.Host.Settings;

namespace Postmill.Host;

/// <summary>The grain engine. What differs between the two is in <c>Engine.Granary.cs</c> and <c>Engine.Orleans.cs</c>.</summary>
internal static class EngineFace
{
    public static void AddEngine(this WebApplicationBuilder builder)
    {
        var settings = builder.AddSettings<ClusterSettings>("Cluster");
        if (!IPAddress.TryParse(settings.AdvertisedAddress, out var address))
        {
            builder.RefuseSetting("Cluster", nameof(ClusterSettings.AdvertisedAddress), settings.AdvertisedAddress, "an IP address");
            address = IPAddress.Loopback;
        }
        builder.RefuseSettings(settings.Problem());
        EngineHosting.AddEngine(builder, settings, address);
    }
}
