using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Postmill.Grains.Placement;

/// <summary>The placement of <see cref="Rendezvous"/>: a grain has a home among the silos, the same whoever asks.</summary>
[GenerateSerializer, Immutable, SuppressReferenceTracking]
internal sealed class RendezvousPlacement : PlacementStrategy
{
    public static RendezvousPlacement Instance { get; } = new();
}

[AttributeUsage(AttributeTargets.Class)]
internal sealed class RendezvousPlacementAttribute() : PlacementAttribute(RendezvousPlacement.Instance);

internal sealed class RendezvousPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        var hinted = IPlacementDirector.GetPlacementHint(target.RequestContextData, silos);
        return Task.FromResult(hinted ?? Rendezvous.HomeOf(target.GrainIdentity, silos) ?? throw new SiloUnavailableException("no silo of this cluster runs grains"));
    }
}
