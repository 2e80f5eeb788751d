namespace Postmill.Domain.Jobs;

/// <summary>What a job does, in the words of the table and of clients.</summary>
public static class JobKinds
{
    /// <summary>One sync of the account.</summary>
    public const string SyncMessages = "sync_messages";

    /// <summary>The list of folders alone. A sync does it too.</summary>
    public const string SyncMailboxes = "sync_mailboxes";

    /// <summary>What a whole run has done when it ended.</summary>
    public static readonly IReadOnlyList<string> OfRun = [SyncMessages, SyncMailboxes];

    /// <summary>What a run over the list of folders has done when it ended.</summary>
    public static readonly IReadOnlyList<string> OfListing = [SyncMailboxes];
}
