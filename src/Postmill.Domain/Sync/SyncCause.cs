namespace Postmill.Domain.Sync;

/// <summary>Why a run was asked for. Only <see cref="Post"/> opens the throttle window; it and <see cref="Task"/> never climb the ladder.</summary>
public enum SyncCause
{
    /// <summary>The account was connected or reconnected.</summary>
    Connected,

    /// <summary>The schedule or a rung of the ladder came due.</summary>
    Timer,

    /// <summary>A new owner took the account over and catches up.</summary>
    Adopted,

    /// <summary>A user's <c>POST /api/sync</c>.</summary>
    Post,

    /// <summary>A job that a person enqueued.</summary>
    Task,
}
