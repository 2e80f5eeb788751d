namespace Postmill.Host.Cli;

/// <summary>How long a command waits, and how much it takes: an operator looks at it, and something may be down.</summary>
internal static class CommandLimits
{
    /// <summary>Seconds to reach PostgreSQL; a longer time in the connection string is the host's.</summary>
    public const int ConnectSeconds = 5;

    /// <summary>Seconds for one query. The view of 100,000 accounts takes well below one.</summary>
    public const int QuerySeconds = 20;

    /// <summary>Seconds to reach the service.</summary>
    public const int ServiceConnectSeconds = 10;

    /// <summary>Seconds that clearing up behind oneself may take at the end.</summary>
    public const int FarewellSeconds = 5;

    /// <summary>Hours that the key of a tail lives if it cannot be revoked; a tail that runs longer makes another one.</summary>
    public const int TailKeyHours = 24;

    /// <summary>Bytes of the file with the session; ours has a few hundred.</summary>
    public const int SessionFileBytes = 64 * 1024;

    /// <summary>Characters of a token or password that is given to a command; the service takes no longer ones.</summary>
    public const int SecretLength = 4_096;

    /// <summary>Mails of one list.</summary>
    public const int ListedEmails = 10_000;

    /// <summary>Characters of a name or a subject in a table.</summary>
    public const int ShownName = 40, ShownSubject = 80;

    /// <summary>Bytes of a download that are held.</summary>
    public const int CopyBytes = 128 * 1024;

    /// <summary>Characters of a file's name that a mail suggests; file systems take 255 bytes.</summary>
    public const int FileName = 60;
}
