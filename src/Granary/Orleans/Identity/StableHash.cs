namespace Orleans.Runtime;

/// <summary>A hash that never changes: placement of grains depends on it, in every process of every version.</summary>
internal static class StableHash
{
    /// <summary>FNV-1a over the bytes with a SplitMix64 finish, 64 bit.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 14695981039346656037)
    {
        var hash = seed;
        foreach (var b in bytes) hash = unchecked((hash ^ b) * 1099511628211);
        return Mix(hash);
    }

    public static ulong Mix(ulong x)
    {
        unchecked
        {
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }
    }
}
