namespace Orleans;

/// <summary>The type may travel in calls: its members with an <see cref="IdAttribute"/>, and the primary constructor parameters of a record.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute
{
    /// <summary>Whether primary constructor parameters travel too. Default: yes for records, no for others.</summary>
    public bool IncludePrimaryConstructorParameters { get; init; }
}
