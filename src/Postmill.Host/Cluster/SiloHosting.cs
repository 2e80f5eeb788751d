using System.Net;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;
using Postmill.Grains;
using Postmill.Grains.Accounts;

namespace Postmill.Host.Cluster;

/// <summary>A process that runs grains.</summary>
internal static class SiloHosting
{
    /// <summary>What ADO.NET calls PostgreSQL's driver.</summary>
    internal const string Npgsql = "Npgsql";

    public static void AddSilo(this WebApplicationBuilder builder, ClusterSettings settings, IPAddress advertised)
    {
        var services = builder.Services;
        var endpoints = SiloEndpoints.Of(settings, advertised);
        services.AddSingleton<ClusterHandshake>();
        services.AddSingleton<PeerProbe>();
        services.AddSingleton(provider => LocalOwner.Of(provider.GetRequiredService<ILocalSiloDetails>().SiloAddress));
        services.AddSingleton<IFatalErrorHandler, FatalSiloError>();
        // Before the silo, which must not join what it does not belong to.
        services.AddSingleton(endpoints);
        services.AddHostedService<JoinCheck>();
        builder.UseOrleans(orleans =>
        {
            orleans.Configure<SiloOptions>(o => o.SiloName = settings.NodeName);
            services.AddOptions<EndpointOptions>().Configure<SiloEndpoints>((o, at) =>
            {
                o.AdvertisedIPAddress = at.Silo.Address;
                (o.SiloPort, o.GatewayPort) = (at.Silo.Port, at.Gateway.Port);
                (o.SiloListeningEndpoint, o.GatewayListeningEndpoint) = (at.SiloListening, at.GatewayListening);
            });
            orleans.Configure<ClusterMembershipOptions>(Membership);
            orleans.Configure<SiloMessagingOptions>(Messaging);
            orleans.Configure<GrainCollectionOptions>(o => o.DeactivationTimeout = SiloLimits.EndOfGrain);
            if (ClusterCertificates.Load(settings) is { } certificates) orleans.UseTls(certificates.Configure);
            services.AddOptions<SiloConnectionOptions>().Configure<ClusterHandshake>((o, handshake) =>
            {
                o.ConfigureSiloInboundConnection(handshake.AtServer);
                o.ConfigureGatewayInboundConnection(handshake.AtServer);
                o.ConfigureSiloOutboundConnection(handshake.AtClient);
            });
            orleans.UseAdoNetClustering((OptionsBuilder<AdoNetClusteringSiloOptions> options) => options.Configure<NpgsqlDataSource>((o, database) => (o.Invariant, o.DataSource) = (Npgsql, database)));
            orleans.AddAdoNetGrainStorageAsDefault((OptionsBuilder<AdoNetGrainStorageOptions> options) => options.Configure<NpgsqlDataSource>((o, database) =>
            {
                (o.Invariant, o.DataSource) = (Npgsql, database);
                o.GrainStorageSerializer = new JsonGrainState();
            }));
            orleans.AddIncomingGrainCallFilter<StorageFaults>();
            services.AddGrainPlacement();
            orleans.AddActivityPropagation();
            orleans.AddDashboard(OrleansDashboard.Configure);
        });
        services.AddHostedService<SilentSilos>();
        services.AddHostedService<MembershipLog>();
    }

    /// <summary>A killed silo's accounts are owned again within 30 s: three probes of 2 s, two votes (one, where two silos are left), and a sweep. See the decision on membership.</summary>
    private static void Membership(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = SiloLimits.Probe;
        membership.MaxProbeTimeout = 2 * SiloLimits.Probe;
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2;
        membership.TableRefreshTimeout = SiloLimits.Refresh;
        membership.IAmAliveTablePublishTimeout = SiloLimits.Refresh;
        membership.SiloGenerationRetirementAge = SiloLimits.WrongestClock;
    }

    private static void Messaging(SiloMessagingOptions messaging)
    {
        messaging.ResponseTimeout = SiloLimits.CallDeadline;
        messaging.MaxEnqueuedRequestsHardLimit = SiloLimits.MostQueuedCalls;
        messaging.MaxMessageBodySize = SiloLimits.LargestMessage;
    }
}
