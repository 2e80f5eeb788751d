namespace Postmill.Grains.Sync;

/// <summary>What a run does.</summary>
internal enum RunScope
{
    Everything,

    /// <summary>The list of folders alone.</summary>
    Mailboxes,
}
