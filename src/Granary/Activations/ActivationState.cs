namespace Granary.Activations;

/// <summary>Activating → Valid → Deactivating → Gone; a failed activation goes from the first to the last.</summary>
internal enum ActivationState : byte
{
    Activating,
    Valid,
    Deactivating,
    Gone,
}
