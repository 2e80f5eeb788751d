namespace Orleans;

/// <summary>The name of a grain class within the cluster, fixed for life.</summary>
/// <param name="grainType">The name.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class GrainTypeAttribute(string grainType) : Attribute
{
    /// <summary>The name.</summary>
    internal string Name { get; } = grainType;
}
