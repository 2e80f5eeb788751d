using Orleans.Runtime;

namespace Granary.Cluster;

/// <summary>Which silo a grain belongs to, by this silo's view.</summary>
internal interface IPlacement
{
    /// <summary>Whether there may be other silos that run grains.</summary>
    bool IsShared { get; }

    /// <summary>The other silo the grain belongs to; null when it belongs here, or when no silo is known.</summary>
    SiloMember? Elsewhere(GrainId grain);
}
