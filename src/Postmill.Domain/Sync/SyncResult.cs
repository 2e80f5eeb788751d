namespace Postmill.Domain.Sync;

/// <summary>A run that succeeded. <paramref name="StoredTotal"/> is the account's count of new messages ever, when it ended.</summary>
[GenerateSerializer, Immutable, Alias("sync.result")]
public sealed record SyncResult(
    [property: Id(0)] int NewMessages,
    [property: Id(1)] DateTimeOffset SyncedAt,
    [property: Id(2)] long StoredTotal);
