namespace Orleans.Concurrency;

/// <summary>Calls of this method may start at any await of any other call, and others at its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;
