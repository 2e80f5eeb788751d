namespace Chaos.Tests;

/// <summary>The times that judge, and the ceilings of waits that do not.</summary>
internal static class ChaosLimits
{
    /// <summary>The requirement: after any fault every mailbox is owned by a living silo again within this time.</summary>
    public static readonly TimeSpan OwnedAgain = TimeSpan.FromSeconds(30);

    /// <summary>How long a silo is stopped or cut off: longer than the others take to declare it dead.</summary>
    public static readonly TimeSpan Fault = TimeSpan.FromSeconds(25);

    /// <summary>Added to the length of a fault when the mail server's log is asked for sessions side by side: its seconds are whole ones, and a connection ends after the process that held it woke up.</summary>
    public static readonly TimeSpan SessionMargin = TimeSpan.FromSeconds(10);

    /// <summary>For what has no bound of its own: first syncs, joins, the last runs. A quiet machine needs a tenth.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Between two acts of the mail actor.</summary>
    public static readonly TimeSpan Act = TimeSpan.FromMilliseconds(60);

    /// <summary>Between two looks at who owns what.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
}
