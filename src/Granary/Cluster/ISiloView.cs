namespace Granary.Cluster;

/// <summary>The living silos of the cluster, as of the last renewal of our own lease.</summary>
public interface ISiloView
{
    /// <summary>The silos that take work, by address; a draining silo is no longer among them. Empty while this silo has no lease.</summary>
    IReadOnlyList<SiloMember> Active { get; }
}
