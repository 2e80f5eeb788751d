using System.Net;
using Orleans.Configuration;
using Orleans.Runtime;
using Postmill.Adapters.Postgres.Cluster;
using Postmill.Domain.Access;
using Postmill.Domain.Hosts;
using Postmill.Grains.Accounts;
using Postmill.Grains.Hosts;
using Postmill.Host.Access;
using Postmill.Host.Http;
using Postmill.Host.Settings;

namespace Postmill.Host.Cluster;

/// <summary>Orleans: a silo, or a client of silos, by the role; and what operators see of the cluster.</summary>
internal static class ClusterFace
{
    public static void AddCluster(this WebApplicationBuilder builder)
    {
        var settings = builder.AddSettings<ClusterSettings>("Cluster");
        var advertised = AdvertisedAddress.Resolve(settings.AdvertisedAddress);
        if (advertised is null) builder.RefuseSetting("Cluster", nameof(ClusterSettings.AdvertisedAddress), settings.AdvertisedAddress, AdvertisedAddress.Allowed);
        builder.RefuseSettings(settings.Problem(advertised ?? IPAddress.Loopback));
        if (settings.Role != ClusterRole.All && string.IsNullOrEmpty(builder.Configuration.GetConnectionString("Postgres")))
            builder.RefuseSettings($"setting Postmill:Cluster:Role is '{settings.Role.ToString().ToLowerInvariant()}' without ConnectionStrings:Postgres; allowed: the database that all silos share, or the role all.");
        ((IHostApplicationBuilder)builder).Properties[typeof(ClusterSettings)] = settings;

        var services = builder.Services;
        services.AddSingleton<SiloRows>();
        services.AddSingleton<NodeRows>();
        services.AddSingleton<ClusterQueries>();
        services.Configure<ClusterOptions>(o => o.ClusterId = o.ServiceId = settings.Name);
        if (settings.Role == ClusterRole.Front) builder.AddFront(settings);
        else builder.AddSilo(settings, advertised ?? IPAddress.Loopback);
        services.AddSingleton<ThisNode>();
        services.AddSingleton(provider => new HostUser(provider.GetRequiredService<ThisNode>().Id, HostBase(provider)));
        services.AddHostedService(provider => provider.GetRequiredService<ThisNode>());
    }

    /// <summary>The settings, for features that come after this one.</summary>
    public static ClusterSettings Cluster(this WebApplicationBuilder builder) => (ClusterSettings)((IHostApplicationBuilder)builder).Properties[typeof(ClusterSettings)];

    public static void MapCluster(this WebApplication app)
    {
        app.MapGet("/api/admin/cluster", ShowAsync).RequireSession(Role.Admin).WithTags("Operation")
            .WithSummary("Silos and fronts, who owns how many accounts, and what waits").Produces<ClusterAnswer>().ProducesErrors(403);
        app.MapOrleansDashboard();
    }

    private static Func<HostLimits, HostAmount>? HostBase(IServiceProvider services) => services.GetService<IClusterMembershipService>() is { } membership
        ? limits => limits.Base(Math.Max(1, membership.CurrentSnapshot.Members.Values.Count(m => m.Status == SiloStatus.Active)))
        : null;

    private static async Task<IResult> ShowAsync(HttpContext http, ClusterQueries cluster, ClusterSettings settings, ThisNode node)
    {
        var view = await cluster.ReadAsync(settings.Name, http.RequestAborted);
        return TypedResults.Ok(new ClusterAnswer(true, ClusterJson.Of(settings.Name, view, node.Id)));
    }
}
