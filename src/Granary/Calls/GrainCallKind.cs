namespace Granary.Calls;

/// <summary>What a call asks of its target.</summary>
internal enum GrainCallKind : byte
{
    /// <summary>Run the method.</summary>
    Invoke = 0,

    /// <summary>Run the stream method and answer its first items.</summary>
    StartEnumeration = 1,

    /// <summary>Answer the next items of a running stream.</summary>
    NextBatch = 2,

    /// <summary>End a running stream.</summary>
    EndEnumeration = 3,
}
