using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace Granary.Cluster;

/// <summary>The placement of a cluster: <see cref="Rendezvous"/> over the silos that take work.</summary>
internal sealed class ByRendezvous(ISiloView view, ISiloIdentity identity, IOptions<GranaryOptions> options) : IPlacement
{
    public bool IsShared => true;

    // By its own role, not by its row: a front runs nothing whatever the view shows.
    public bool RunsGrains { get; } = options.Value.Role != SiloRoles.Front;

    public SiloMember? Elsewhere(GrainId grain) => Rendezvous.OwnerOf(grain, view.Active) is { } owner && owner.Incarnation != identity.Incarnation ? owner : null;
}
