using Orleans.Runtime;

namespace Granary.Cluster;

/// <summary>Which silo a grain belongs to, by this silo's view.</summary>
internal interface IPlacement
{
    /// <summary>Whether there may be other silos that run grains.</summary>
    bool IsShared { get; }

    /// <summary>Whether this silo runs grains at all; one that does not runs none even when no other is known.</summary>
    bool RunsGrains { get; }

    /// <summary>The other silo the grain belongs to; null when it belongs here, or when no silo that runs grains is known.</summary>
    SiloMember? Elsewhere(GrainId grain);
}
