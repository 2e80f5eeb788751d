using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A reference to a grain: its identity and the way to call it. Equal when it names the same grain.</summary>
public abstract class GrainReference : DispatchProxy, IAddressable, IEquatable<GrainReference>
{
    /// <summary>The grain.</summary>
    public GrainId GrainId { get; private protected set; }

    /// <inheritdoc />
    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc />
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc />
    public override string ToString() => $"GrainReference: {GrainId}";
}
