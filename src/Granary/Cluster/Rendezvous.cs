using System.Text;
using Orleans.Runtime;

namespace Granary.Cluster;

/// <summary>
/// Which silo a grain belongs to: highest random weight among those that run grains. Every silo with the same view answers the same, and a silo that comes or goes moves only
/// its own share; one that runs no grains has none.
/// </summary>
internal static class Rendezvous
{
    /// <summary>The owner, or null when there is no silo that runs grains.</summary>
    public static SiloMember? OwnerOf(GrainId grain, IReadOnlyList<SiloMember> silos)
    {
        SiloMember? owner = null;
        ulong best = 0;
        foreach (var silo in silos)
        {
            if (!silo.RunsGrains) continue;
            var weight = WeightOf(grain, silo);
            // A tie is as good as impossible; it must still be broken alike everywhere.
            if (owner is null || weight > best || (weight == best && string.CompareOrdinal(silo.Address, owner.Address) < 0)) (owner, best) = (silo, weight);
        }

        return owner;
    }

    // By address, not by incarnation: a silo that restarts in place gets its share back.
    private static ulong WeightOf(GrainId grain, SiloMember silo)
    {
        Span<byte> address = stackalloc byte[128];
        var length = Encoding.UTF8.TryGetBytes(silo.Address, address, out var written) ? written : throw new ArgumentException($"\"{silo.Address}\" is longer than an address can be.");
        var seed = StableHash.Of(address[..length]);
        return StableHash.Of(grain.Key.AsSpan(), StableHash.Of(grain.Type.AsSpan(), seed));
    }
}
