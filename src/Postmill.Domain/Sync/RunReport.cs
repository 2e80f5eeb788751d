namespace Postmill.Domain.Sync;

/// <summary>How a run ended: a result, a failure, or neither when it was abandoned (disconnect, drain, another owner).</summary>
/// <param name="StartedAt">When it turned to the mail server, after waiting for its turn on the silo; null when it never did.</param>
[GenerateSerializer, Immutable, Alias("sync.report")]
public sealed record RunReport(
    [property: Id(0)] Guid RunId,
    [property: Id(1)] SyncResult? Result,
    [property: Id(2)] SyncFailure? Failure,
    [property: Id(3)] DateTimeOffset? StartedAt = null);
