using Microsoft.Extensions.Options;
using Npgsql;
using Orleans;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Hosting;

namespace Postmill.Host.Cluster;

/// <summary>A process that runs no grains: a client of the silos' gateways.</summary>
internal static class FrontHosting
{
    public static void AddFront(this WebApplicationBuilder builder, ClusterSettings settings)
    {
        var services = builder.Services;
        services.AddSingleton<ClusterHandshake>();
        services.AddSingleton<PeerProbe>();
        services.AddSingleton<FrontConnection>();
        var before = services.Count;
        builder.UseOrleansClient(orleans =>
        {
            orleans.Configure<ClientMessagingOptions>(o =>
            {
                o.ResponseTimeout = SiloLimits.CallDeadline;
                o.MaxMessageBodySize = SiloLimits.LargestMessage;
            });
            orleans.Configure<GatewayOptions>(o => o.GatewayListRefreshPeriod = SiloLimits.Refresh);
            orleans.AddOutgoingGrainCallFilter<FrontCallFilter>();
            orleans.AddActivityPropagation();
            orleans.AddDashboard(OrleansDashboard.Configure);
            if (ClusterCertificates.Load(settings) is { } certificates) orleans.UseTls(certificates.Configure);
            services.AddOptions<ClientConnectionOptions>().Configure<ClusterHandshake>((o, handshake) => o.ConfigureConnection(handshake.AtClient));
            orleans.UseAdoNetClustering((OptionsBuilder<AdoNetClusteringClientOptions> options) =>
                options.Configure<NpgsqlDataSource>((o, database) => (o.Invariant, o.DataSource) = (SiloHosting.Npgsql, database)));
        });
        // Orleans would start its client with the host, which waits there until a gateway answers. A front comes up without one.
        foreach (var own in services.Skip(before).Where(s => s.ServiceType == typeof(IHostedService)).ToList()) services.Remove(own);
        services.AddHostedService(provider => provider.GetRequiredService<FrontConnection>());
        services.AddHostedService<FrontWatch>();
    }
}
