namespace Postmill.Domain.Sync;

/// <summary>What both lists add while the last run stands failed (CONTRACT §2).</summary>
public sealed record SyncTrouble(bool NeedsPerson, DateTimeOffset? NextRetryAt, string Error)
{
    /// <summary>Null unless the status is <c>failed</c> / <c>error</c>.</summary>
    public static SyncTrouble? Of(SyncState state) =>
        state is { RunStartedAt: null, LastFailure: { } failure } ? new(state.NextSyncAt is null, state.NextSyncAt, failure.Text) : null;
}
