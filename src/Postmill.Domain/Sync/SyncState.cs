namespace Postmill.Domain.Sync;

/// <summary>Schedule, throttle window, ladder and last result of one account; the columns of its row, owned by its grain.</summary>
public sealed record SyncState
{
    /// <summary>When the next automatic run is due; null: none, a person must look (manual intervention).</summary>
    public DateTimeOffset? NextSyncAt { get; init; }

    /// <summary>Automatic runs failed in a row: 0 none, 1–3 a retry is set, above: manual intervention.</summary>
    public int FailedRuns { get; init; }

    /// <summary>Start of the last run that a POST caused.</summary>
    public DateTimeOffset? WindowStart { get; init; }

    /// <summary>Start of the run that is going, null when none is.</summary>
    public DateTimeOffset? RunStartedAt { get; init; }

    /// <summary>When the back-fill was complete.</summary>
    public DateTimeOffset? FirstSyncedAt { get; init; }

    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>Null when the last run succeeded or none has ended.</summary>
    public SyncFailure? LastFailure { get; init; }

    public SyncResult? LastResult { get; init; }

    /// <summary>Inbound messages stored for the first time, ever.</summary>
    public long StoredTotal { get; init; }

    /// <summary><see cref="SyncResult.StoredTotal"/> of the last result that a POST handed out.</summary>
    public long HandedTotal { get; init; }

    public bool NeedsPerson(SyncCadence cadence) => FailedRuns > cadence.Ladder.Count;
}
