namespace Orleans.Runtime;

/// <summary>Identity of one activation.</summary>
public readonly record struct ActivationId
{
    private readonly Guid _value;

    private ActivationId(Guid value)
    {
        _value = value;
    }

    /// <summary>A new identity.</summary>
    /// <returns>The identity.</returns>
    public static ActivationId NewId() => new(Guid.NewGuid());

    /// <inheritdoc />
    public override string ToString() => $"@{_value:N}";
}
