namespace Postmill.Domain.Sync;

/// <summary>The two vocabularies of the public pages over one state (CONTRACT §2).</summary>
public static class SyncStatus
{
    /// <summary><c>syncStatus</c> of <c>GET /api/sync</c>.</summary>
    public static string Live(SyncState state) => PhaseOf(state) switch
    {
        Phase.Pending or Phase.Running => "syncing",
        Phase.Synced => "idle",
        Phase.Failed => "failed",
    };

    /// <summary><c>sync_status</c> of <c>GET /api/accounts</c>.</summary>
    public static string Listed(SyncState state) => PhaseOf(state) switch
    {
        Phase.Pending => "pending",
        Phase.Running => "syncing",
        Phase.Synced => "synced",
        Phase.Failed => "error",
    };

    /// <summary>Messages stored since the last result that a POST handed to the user.</summary>
    public static int NewMessageCount(SyncState state) => (int)Math.Clamp(state.StoredTotal - state.HandedTotal, 0, int.MaxValue);

    private static Phase PhaseOf(SyncState state) =>
        state.RunStartedAt is not null ? Phase.Running
        : state.LastFailure is not null ? Phase.Failed
        : state.LastSuccessAt is not null ? Phase.Synced
        : Phase.Pending;

    private enum Phase { Pending, Running, Synced, Failed }
}
