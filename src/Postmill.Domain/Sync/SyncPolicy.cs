namespace Postmill.Domain.Sync;

/// <summary>
/// The state machine of an account's runs (CONTRACT §2). Pure: state and the moment in, state out.
/// <code>
///              trigger                     success
///   waiting ───────────────► running ───────────────► waiting (ladder reset, next = start + interval)
///      ▲                        │ failure of an automatic run
///      │  +1, +5, +15 min       ▼
///      └─────────────── rung 1, 2, 3 ──► rung 4: nothing automatic until a POST succeeds
/// </code>
/// A POST and a task run from any rung; their failure leaves rung and next retry where they were.
/// </summary>
public static class SyncPolicy
{
    public static SyncDecision OnTrigger(SyncState state, SyncCause cause, DateTimeOffset now, SyncCadence cadence)
    {
        if (state.RunStartedAt is not null) return new SyncDecision.Join();
        if (cause == SyncCause.Post && InWindow(state, now, cadence)) return new SyncDecision.Throttled();
        if (!MayStart(state, cause, now)) return new SyncDecision.NotDue();
        return new SyncDecision.Start(state with
        {
            RunStartedAt = now,
            WindowStart = cause == SyncCause.Post ? now : state.WindowStart,
        });
    }

    /// <summary>
    /// The run had waited for its turn on the silo: its cadence counts from when it turned to the mail server. Accounts that came all at once (a restart, a lost silo) stay
    /// spread as their turns spread them.
    /// </summary>
    public static SyncState OnTurn(SyncState state, DateTimeOffset? startedAt) =>
        state.RunStartedAt is { } asked && startedAt > asked ? state with { RunStartedAt = startedAt } : state;

    public static SyncState OnSucceeded(SyncState state, int newMessages, long storedTotal, DateTimeOffset now, SyncCadence cadence) => state with
    {
        RunStartedAt = null,
        NextSyncAt = Later((state.RunStartedAt ?? now) + cadence.Interval, now),
        FailedRuns = 0,
        LastFailure = null,
        LastSuccessAt = now,
        FirstSyncedAt = state.FirstSyncedAt ?? now,
        LastResult = new SyncResult(newMessages, now, storedTotal),
        StoredTotal = storedTotal,
    };

    /// <summary>What the store counted while the run went on, batches seen by IDLE among it.</summary>
    public static SyncState OnCounted(SyncState state, long storedTotal) =>
        state with { StoredTotal = storedTotal, LastResult = state.LastResult is { } result ? result with { StoredTotal = storedTotal } : null };

    public static SyncState OnFailed(SyncState state, SyncCause cause, SyncFailure failure, DateTimeOffset now, SyncCadence cadence)
    {
        var ended = state with { RunStartedAt = null, LastFailure = failure };
        // A retry that fell due while the POST's run was failing waits one rung, so that a wrong password is not tried twice at once.
        if (cause is SyncCause.Post or SyncCause.Task)
            return ended with { NextSyncAt = state.NextSyncAt is { } due ? Later(due, now + cadence.Ladder[0]) : null };
        if (state.NeedsPerson(cadence)) return ended with { NextSyncAt = null };
        var rung = state.FailedRuns + 1;
        return ended with
        {
            FailedRuns = rung,
            NextSyncAt = rung <= cadence.Ladder.Count ? now + cadence.Ladder[rung - 1] : null,
        };
    }

    /// <summary>The run ended without a verdict (drain, disconnect, ownership lost): nothing is counted, the next owner goes on at once.</summary>
    public static SyncState OnAbandoned(SyncState state, DateTimeOffset now) => state with
    {
        RunStartedAt = null,
        NextSyncAt = state.NextSyncAt is null ? null : now,
    };

    /// <summary>The run ended for a reason of ours (storage away): neither success nor a rung; tried again after the first rung's wait.</summary>
    public static SyncState OnInterrupted(SyncState state, DateTimeOffset now, SyncCadence cadence) => state with
    {
        RunStartedAt = null,
        NextSyncAt = state.NextSyncAt is null ? null : now + cadence.Ladder[0],
    };

    /// <summary>The run over the list of folders succeeded, or a person stopped a run: schedule, ladder and last result stay as they were.</summary>
    public static SyncState OnAside(SyncState state) => state with { RunStartedAt = null };

    /// <summary>A POST handed out the last result: what it counted is no longer new.</summary>
    public static SyncState OnHanded(SyncState state) => state with { HandedTotal = state.LastResult?.StoredTotal ?? state.HandedTotal };

    private static bool InWindow(SyncState state, DateTimeOffset now, SyncCadence cadence) =>
        state.WindowStart is { } start && now >= start && now - start < cadence.ThrottleWindow;

    private static bool MayStart(SyncState state, SyncCause cause, DateTimeOffset now) => cause switch
    {
        SyncCause.Post or SyncCause.Connected or SyncCause.Task => true,
        // On a rung the ladder rules, also for a new owner: a restart must not hammer a wrong password.
        SyncCause.Adopted => state.FailedRuns == 0 || Due(state, now),
        SyncCause.Timer => Due(state, now),
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, null),
    };

    private static bool Due(SyncState state, DateTimeOffset now) => state.NextSyncAt is { } due && due <= now;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
