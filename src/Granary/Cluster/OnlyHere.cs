using Orleans.Runtime;

namespace Granary.Cluster;

/// <summary>The placement of a silo that stands alone.</summary>
internal sealed class OnlyHere : IPlacement
{
    public bool IsShared => false;

    public bool RunsGrains => true;

    public SiloMember? Elsewhere(GrainId grain) => null;
}
