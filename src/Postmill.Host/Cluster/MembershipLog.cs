using Orleans.Runtime;

namespace Postmill.Host.Cluster;

/// <summary>One line for each silo that comes, leaves or is declared dead. Orleans' own lines about it, one for each missed probe and each vote, are left out.</summary>
internal sealed partial class MembershipLog(IClusterMembershipService membership, ILocalSiloDetails self, ILogger<MembershipLog> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var known = new Dictionary<SiloAddress, SiloStatus>();
        try
        {
            await foreach (var view in membership.MembershipUpdates.WithCancellation(stoppingToken))
            {
                foreach (var silo in view.Members.Values.Where(m => !m.SiloAddress.Equals(self.SiloAddress)))
                {
                    var before = known.GetValueOrDefault(silo.SiloAddress);
                    if (before != silo.Status) Say(silo, before);
                    known[silo.SiloAddress] = silo.Status;
                }

                foreach (var forgotten in known.Keys.Where(s => !view.Members.ContainsKey(s)).ToList()) known.Remove(forgotten);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    private void Say(ClusterMember silo, SiloStatus before)
    {
        var owner = silo.SiloAddress.ToParsableString(); // as rows name it
        if (silo.Status == SiloStatus.Active) LogJoined(silo.Name, owner);
        else if (silo.Status == SiloStatus.ShuttingDown) LogLeaving(silo.Name, owner);
        else if (silo.Status == SiloStatus.Dead && before is SiloStatus.Active or SiloStatus.Joining) LogLost(silo.Name, owner);
    }

    [LoggerMessage(LogLevel.Information, "The silo {Name} ({Silo}) is active")]
    private partial void LogJoined(string name, string silo);

    [LoggerMessage(LogLevel.Information, "The silo {Name} ({Silo}) leaves")]
    private partial void LogLeaving(string name, string silo);

    [LoggerMessage(LogLevel.Warning, "The silo {Name} ({Silo}) was declared dead: its accounts are free")]
    private partial void LogLost(string name, string silo);
}
