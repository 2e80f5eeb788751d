namespace Granary.Codec;

/// <summary>What the codec takes at most; both ends of a connection hold them.</summary>
internal static class CodecLimits
{
    /// <summary>Values within values. Deeper is a cycle, or an attack on the stack.</summary>
    public const int Depth = 100;

    /// <summary>Bytes of one encoded value: 64 MiB, far above any call; more is a bug.</summary>
    public const int Bytes = 64 * 1024 * 1024;

    /// <summary>Items for which room is made before they are read: a count is a claim, the items are the proof.</summary>
    public const int TrustedCount = 1024;
}
