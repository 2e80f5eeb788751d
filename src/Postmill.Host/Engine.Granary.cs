using System.Net;
using System.Net.Sockets;
using Granary;
using Granary.Cluster;
using Granary.Drain;
using Granary.Transport;
using Orleans.Configuration;
using Postmill.Adapters.Postgres;
using Postmill.Grains;
using Postmill.Grains.Accounts;
using Postmill.Host.Start;

namespace Postmill.Host;

/// <summary>Our own engine; see src/Granary/README.md.</summary>
internal static class EngineHosting
{
    public const string Name = "granary";

    public static void AddEngine(WebApplicationBuilder builder, ClusterSettings settings, IPAddress advertised)
    {
        builder.Services.Configure<ClusterOptions>(o => o.ClusterId = o.ServiceId = settings.Name);
        builder.Services.Configure<EndpointOptions>(o =>
        {
            o.AdvertisedIPAddress = advertised;
            o.SiloPort = settings.Port;
        });
        builder.Services.AddGranary(o =>
        {
            o.Role = settings.Role.ToString().ToLowerInvariant();
            if (settings.SiloName.Length > 0) o.SiloName = settings.SiloName;
        }, typeof(GrainServices).Assembly);
        builder.Services.AddSingleton<StorageNeighbours>();
        builder.Services.AddSingleton<Func<StorageNeighbour>>(services => () => Self(services.GetRequiredService<ISiloIdentity>()));
        builder.Services.AddHostedService<StorageGate>();
        builder.Services.AddGranaryMembership();
        if (settings.Secret.Length > 0) builder.Services.AddGranaryTransport(o => Configure(o, settings, advertised));
        builder.Services.AddHostedService<StorageNeighbourWatch>();
        builder.Services.AddSingleton<ISiloIncarnation, SiloOwner>();
    }

    private static StorageNeighbour Self(ISiloIdentity silo) => new(silo.Incarnation, silo.ClusterId, silo.Name, silo.Address);

    private static void Configure(TransportOptions transport, ClusterSettings settings, IPAddress advertised)
    {
        transport.Secret = settings.Secret;
        // Behind a translated address this machine does not have the advertised one; a loopback address is meant to stay on it.
        transport.ListenOn = IPAddress.IsLoopback(advertised) ? advertised
            : advertised.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        if (settings.CertificateFile.Length == 0) return;
        transport.CertificateFile = settings.CertificateFile;
        transport.KeyFile = settings.KeyFile;
        transport.AuthorityFile = settings.AuthorityFile;
    }

    /// <summary>The end: these steps, the activations, the lease.</summary>
    public static Task DrainAsync(IServiceProvider services, IReadOnlyList<DrainStep> steps)
    {
        var drain = services.GetRequiredService<ISiloDrain>();
        foreach (var step in steps) drain.Register(StageOf(step.Stage), step.Name, step.Action, step.Within);
        return drain.RunAsync();
    }

    private static SiloDrainStage StageOf(DrainStage stage) => stage switch
    {
        DrainStage.Readiness => SiloDrainStage.Readiness,
        DrainStage.Sweeps => SiloDrainStage.Sweeps,
        DrainStage.Connections => SiloDrainStage.Connections,
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
    };

    /// <summary>The engine's own tables.</summary>
    public static IEnumerable<PostgresMigratorScript> Migrations() => GranarySchema.Scripts.Select((script, at) =>
        new PostgresMigratorScript(PostgresMigratorScript.FirstEngineVersion + 1 + at, script.Name, script.Sql));

    /// <summary>Account rows are owned by the incarnation that holds the lease.</summary>
    private sealed class SiloOwner(ISiloIdentity silo) : ISiloIncarnation
    {
        public Guid Current => silo.Incarnation;
    }
}
