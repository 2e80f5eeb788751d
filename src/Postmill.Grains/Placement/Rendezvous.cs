using System.Buffers.Binary;
using System.IO.Hashing;
using System.Net;

namespace Postmill.Grains.Placement;

/// <summary>
/// Where a grain belongs: highest random weight among the silos. Who has the same view answers the same, and a silo that comes or goes moves its own share only. The weight is that of
/// an address, not of a generation: a silo that restarts in place gets its share back.
/// </summary>
internal static class Rendezvous
{
    /// <summary>Null when there is no silo.</summary>
    public static SiloAddress? HomeOf(GrainId grain, IEnumerable<SiloAddress> silos)
    {
        SiloAddress? home = null;
        ulong best = 0;
        foreach (var silo in silos)
        {
            var weight = WeightOf(grain, silo.Endpoint);
            // A tie is as good as impossible; it must still be broken alike everywhere.
            if (home is null || weight > best || (weight == best && silo.CompareTo(home) < 0)) (home, best) = (silo, weight);
        }

        return home;
    }

    private static ulong WeightOf(GrainId grain, IPEndPoint silo)
    {
        Span<byte> address = stackalloc byte[16 + sizeof(int)];
        silo.Address.TryWriteBytes(address, out var length);
        BinaryPrimitives.WriteInt32LittleEndian(address[length..], silo.Port);
        var seed = unchecked((long)XxHash3.HashToUInt64(address[..(length + sizeof(int))]));
        return XxHash3.HashToUInt64(grain.Key.AsSpan(), unchecked(seed ^ (long)XxHash3.HashToUInt64(grain.Type.AsSpan())));
    }
}
