namespace Granary.Activations;

/// <summary>Which activation the running code belongs to; follows its awaits, also off the activation's scheduler.</summary>
internal static class CurrentGrain
{
    private static readonly AsyncLocal<Activation?> Current = new();

    public static Activation? Activation
    {
        get => Current.Value;
        set => Current.Value = value;
    }
}
