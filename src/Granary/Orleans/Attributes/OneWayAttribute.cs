namespace Orleans.Concurrency;

/// <summary>Callers of this method do not wait and learn nothing of its outcome; the call may be lost.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;
