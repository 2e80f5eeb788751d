namespace Postmill.Domain.Jobs;

/// <summary>What a job does, in the words of the table and of clients.</summary>
public static class JobKinds
{
    /// <summary>One sync of the account.</summary>
    public const string SyncMessages = "sync_messages";

    /// <summary>The list of folders alone. A sync does it too.</summary>
    public const string SyncMailboxes = "sync_mailboxes";

    /// <summary>Sets or takes flags of a mail on its server.</summary>
    public const string ChangeFlags = "change_flags";

    /// <summary>Moves a mail on its server, and changes its flags with it if that was asked for.</summary>
    public const string MoveMessage = "move_message";

    /// <summary>Deletes a mail on its server: into its trash, or out of it.</summary>
    public const string DeleteMessage = "delete_message";

    /// <summary>Puts a mail that was sent into the server's folder of sent mail.</summary>
    public const string AppendSent = "append_sent";

    /// <summary>One outgoing mail.</summary>
    public const string SendMessage = "send_message";

    /// <summary>An export of stored mail. It reads the database alone: any silo runs it, not the account's owner, and a disconnected account has it too.</summary>
    public const string ExportMessages = "export_messages";

    /// <summary>The account's owner runs it, over the account's connection.</summary>
    public static bool IsOfOwner(string kind) => kind != ExportMessages;

    /// <summary>What a whole run has done when it ended.</summary>
    public static readonly IReadOnlyList<string> OfRun = [SyncMessages, SyncMailboxes];

    /// <summary>What a run over the list of folders has done when it ended.</summary>
    public static readonly IReadOnlyList<string> OfListing = [SyncMailboxes];

    /// <summary>Acts on one mail; done by the worker between runs.</summary>
    public static readonly IReadOnlyList<string> OfActs = [ChangeFlags, MoveMessage, DeleteMessage, AppendSent];
}
