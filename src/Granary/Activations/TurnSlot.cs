namespace Granary.Activations;

/// <summary>What a running turn is counted as.</summary>
internal enum TurnSlot : byte
{
    Exclusive,
    Reader,
    Interleaved,
    Poll,
}
