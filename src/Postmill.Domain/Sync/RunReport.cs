namespace Postmill.Domain.Sync;

/// <summary>How a run ended: a result, a failure, or neither when it was abandoned (disconnect, drain, another owner).</summary>
[GenerateSerializer, Immutable, Alias("sync.report")]
public sealed record RunReport(
    [property: Id(0)] Guid RunId,
    [property: Id(1)] SyncResult? Result,
    [property: Id(2)] SyncFailure? Failure);
