using System.Net;
using Npgsql;
using Orleans.Runtime;
using Postmill.Adapters.Postgres.Cluster;
using Postmill.Host.Start;

namespace Postmill.Host.Cluster;

/// <summary>
/// Before the silo joins: whether its ports are free, and whether it would stand in the way of another that lives. Orleans lets the younger of two silos at one address win, which is right for
/// the same process started again and wrong for another machine with the same setting. Nobody compares clocks: a silo that writes that it lives while this one looks stops the start, and one
/// that does not for a while is declared dead, because nobody else may be there to do it.
/// </summary>
internal sealed partial class JoinCheck(
    SiloRows rows, SiloEndpoints endpoints, ClusterHandshake handshake, PeerProbe peers, ClusterSettings settings, TimeProvider timeProvider, ILogger<JoinCheck> logger) : IHostedService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    /// <summary>A silo that drains does not write that it lives; its longest drain is 150 s.</summary>
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(180);

    /// <summary>Silos whose secret is compared before the start; the rest of a large cluster has the same.</summary>
    private const int MostAsked = 20;

    private static readonly string Machine = Dns.GetHostName();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            handshake.Database = await rows.DatabaseAsync(cancellationToken);
            await CheckPortsAsync(cancellationToken);
            await CheckSilosAsync(cancellationToken);
        }
        catch (NpgsqlException e)
        {
            throw new StartException($"PostgreSQL (ConnectionStrings:Postgres) went away before this silo had joined: {e.Message}", e);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task CheckPortsAsync(CancellationToken cancellationToken)
    {
        foreach (var (setting, listening) in new[] { (nameof(ClusterSettings.Port), endpoints.SiloListening), (nameof(ClusterSettings.GatewayPort), endpoints.GatewayListening) })
        {
            if (ClusterPorts.IsFree(listening)) continue;
            var who = await peers.AskAsync(IsAny(listening.Address) ? new IPEndPoint(IPAddress.Loopback, listening.Port) : listening, cancellationToken) switch
            {
                PeerVerdict.Ours => "by another silo of this cluster on this database",
                PeerVerdict.OtherDatabase => "by a silo of another database",
                PeerVerdict.OtherCluster => "by a silo of another cluster",
                PeerVerdict.OtherSecret => "by a silo with another secret",
                _ => "by another program",
            };
            throw new StartException($"port {listening.Port} of {listening.Address} is taken {who}. Set Postmill:Cluster:{setting} to a free port, or to 0 for any.");
        }
    }

    private async Task CheckSilosAsync(CancellationToken cancellationToken)
    {
        var began = timeProvider.GetTimestamp();
        var seen = new Dictionary<SiloAddress, DateTimeOffset>();
        var apart = new Dictionary<SiloAddress, string?>();
        while (true)
        {
            var waiting = false;
            var living = await rows.LivingAsync(cancellationToken);
            var hasPeers = living.Any(s => s.Cluster == settings.Name && !s.Address.Endpoint.Equals(endpoints.Silo) && !IsSilent(s));
            foreach (var silo in living)
            {
                var why = WhyInTheWay(silo);
                if (why is null && !IsSilent(silo)) why = await WhyApartAsync(silo, apart, cancellationToken);
                if (why is null && (hasPeers || !IsSilent(silo))) continue; // a peer; or one that peers will see to
                if (IsSilent(silo) || IsThisOneBefore(silo))
                {
                    if (await rows.BuryAsync(silo, cancellationToken)) LogBuried(silo, Math.Round(silo.Silence.TotalSeconds));
                    continue;
                }

                if (seen.TryAdd(silo.Address, silo.SeenAt)) LogWaiting(silo);
                else if (silo.SeenAt > seen[silo.Address] || timeProvider.GetElapsedTime(began) > DrainPatience) throw new StartException(why!);
                waiting = true;
            }

            if (!waiting) return;
            await Task.Delay(Between, timeProvider, cancellationToken);
        }
    }

    /// <summary>Why a silo of this cluster would not talk with this one. Orleans would ask it for five minutes.</summary>
    private async Task<string?> WhyApartAsync(SiloRow silo, Dictionary<SiloAddress, string?> known, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(silo.Address, out var told) || known.Count >= MostAsked) return told;
        var verdict = await peers.AskAsync(silo.Address.Endpoint, cancellationToken);
        if (verdict is null) LogOutOfReach(silo);
        var why = verdict switch
        {
            null or PeerVerdict.Ours or PeerVerdict.TooMany => null,
            PeerVerdict.OtherSecret => "it has another Postmill:Cluster:Secret, or none. Set the same one in all silos",
            PeerVerdict.OtherDatabase or PeerVerdict.OtherCluster => "somebody else answers at its address. Set Postmill:Cluster:AdvertisedAddress and Port of each silo to where only it is reached",
            PeerVerdict.Stranger or _ => "it does not speak as this one does. Set Postmill:Cluster:CertificateFile, KeyFile and AuthorityFile in all silos or in none, of one authority",
        };
        return known[silo.Address] = why is null ? null : $"the silo {silo} lives in this cluster, and {why}.";
    }

    private static bool IsSilent(SiloRow silo) => silo.Silence > (silo.IsLeaving ? DrainPatience : ClusterLimits.Silence);

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>This machine has its port free: the process that had it is gone.</summary>
    private bool IsThisOneBefore(SiloRow silo) => silo.Cluster == settings.Name && silo.Address.Endpoint.Equals(endpoints.Silo) && silo.Host == Machine;

    private string? WhyInTheWay(SiloRow silo)
    {
        if (silo.Cluster != settings.Name)
            return $"the cluster \"{silo.Cluster}\" ({silo}) works on this database, and this silo is of the cluster \"{settings.Name}\". Set Postmill:Cluster:Name to the same name in all silos, or give one cluster a database of its own.";
        if (silo.Address.Endpoint.Equals(endpoints.Silo))
            return $"the silo {silo.Name} on the machine {silo.Host} lives in cluster \"{settings.Name}\" of this database and has the address {endpoints.Silo}, which this one ({settings.NodeName} on {Machine}) has too. "
                + "Set Postmill:Cluster:AdvertisedAddress and Port to where other silos reach this one, and the same Postmill:Cluster:Secret in all.";
        return settings.Secret.Length > 0
            ? null
            : $"the silo {silo} lives in cluster \"{settings.Name}\" of this database, and this one has no Postmill:Cluster:Secret. "
                + "Set the same secret in all silos, with an AdvertisedAddress and Port of its own in each; or give this one a database of its own.";
    }

    [LoggerMessage(LogLevel.Warning, "The silo {Silo} seems to live, although this one should be alone or has its address; waiting whether it says so again")]
    private partial void LogWaiting(SiloRow silo);

    [LoggerMessage(LogLevel.Warning, "The silo {Silo} lives in this cluster and cannot be reached from here; this silo joins when it can be, or when the others have declared it dead. Are the address and port that it advertises right, and open?")]
    private partial void LogOutOfReach(SiloRow silo);

    [LoggerMessage(LogLevel.Warning, "The silo {Silo} is gone without having said so, {Seconds} s ago: it is declared dead, and its accounts are free")]
    private partial void LogBuried(SiloRow silo, double seconds);
}
