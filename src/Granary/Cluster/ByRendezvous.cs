using Orleans.Runtime;

namespace Granary.Cluster;

/// <summary>The placement of a cluster: <see cref="Rendezvous"/> over the silos that take work.</summary>
internal sealed class ByRendezvous(ISiloView view, ISiloIdentity identity) : IPlacement
{
    public bool IsShared => true;

    public SiloMember? Elsewhere(GrainId grain) => Rendezvous.OwnerOf(grain, view.Active) is { } owner && owner.Incarnation != identity.Incarnation ? owner : null;
}
