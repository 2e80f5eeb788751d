using System.Data.Common;

namespace Postmill.Host.Start;

/// <summary>Says, from the start on and once for each change, what is wrong with those who share this database. It changes nothing.</summary>
internal sealed partial class StorageNeighbourWatch(
    StorageNeighbours neighbours, ClusterSettings settings, Func<StorageNeighbour> self, TimeProvider clock, ILogger<StorageNeighbourWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    private readonly HashSet<(string What, string Whom)> _said = [];

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Between, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await LookAsync(stoppingToken);
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            Judge([.. (await neighbours.LivingAsync(self().Incarnation, cancellationToken)).Select(n => n.Silo)]);
        }
        catch (DbException fault)
        {
            LogUnknown(fault);
        }
    }

    private void Judge(IReadOnlyList<StorageNeighbour> others)
    {
        var own = self();
        var now = new HashSet<(string, string)>();
        foreach (var cluster in others.Where(o => o.Cluster != own.Cluster).GroupBy(o => o.Cluster))
            Say("cluster", cluster.Key, () => LogOtherCluster(cluster.Key, cluster.First(), own.Cluster));
        foreach (var thief in others.Where(o => o.Cluster == own.Cluster && o.Address == own.Address))
            Say("address", thief.Incarnation.ToString(), () => LogTaken(thief.Name, own.Address));
        foreach (var stranger in others.Where(o => o.Cluster == own.Cluster && o.Address != own.Address && settings.Secret.Length == 0))
            Say("secret", stranger.Address, () => LogNoSecret(stranger));
        _said.IntersectWith(now);

        void Say(string what, string whom, Action say)
        {
            now.Add((what, whom));
            if (_said.Add((what, whom))) say();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Another cluster, \"{Other}\" ({Silo}), lives in this database. This is a mistake: the two do not call each other, each holds back mailboxes from the other, "
        + "and neither can open secrets that the other has sealed. Set Postmill:Cluster:Name, \"{Own}\" here, to the same name in all silos, or give one cluster a database of its own (ConnectionStrings:Postgres)")]
    private partial void LogOtherCluster(string other, StorageNeighbour silo, string own);

    [LoggerMessage(LogLevel.Error, "The silo {Name} has started at this silo's address {Address} and has taken its lease: this one does not work while that one lives. "
        + "Stop one of them, or set Postmill:Cluster:AdvertisedAddress and Port of each to an address of its own, and the same Postmill:Cluster:Secret in both")]
    private partial void LogTaken(string name, string address);

    [LoggerMessage(LogLevel.Warning, "The silo {Silo} lives in this cluster, and this one has no Postmill:Cluster:Secret: they cannot call each other, and mailboxes of one answer 503 at the other. "
        + "Set the same secret in all silos")]
    private partial void LogNoSecret(StorageNeighbour silo);

    [LoggerMessage(LogLevel.Debug, "The silos of this database could not be read; the next look tries again")]
    private partial void LogUnknown(Exception fault);
}
