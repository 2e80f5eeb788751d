namespace Granary.Streams;

/// <summary>One answer to a stream's reader.</summary>
internal sealed record EnumerationBatch(EnumerationStatus Status, object?[] Items, Exception? Fault = null)
{
    public static EnumerationBatch Missing { get; } = new(EnumerationStatus.Missing, []);

    public static EnumerationBatch Aborted { get; } = new(EnumerationStatus.Aborted, []);

    public static EnumerationBatch NothingYet { get; } = new(EnumerationStatus.Going, []);
}
