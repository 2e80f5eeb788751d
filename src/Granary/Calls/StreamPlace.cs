using Granary.Cluster;

namespace Granary.Calls;

/// <summary>Where a stream runs; kept by its reader.</summary>
internal sealed class StreamPlace
{
    /// <summary>The other silo that serves it; null for this one.</summary>
    public SiloMember? Silo { get; set; }
}
