namespace Postmill.Host.Cli;

/// <summary>How long a command waits: an operator looks at it, and something may be down.</summary>
internal static class CommandLimits
{
    /// <summary>Seconds to reach PostgreSQL; a longer time in the connection string is the host's.</summary>
    public const int ConnectSeconds = 5;

    /// <summary>Seconds for one query. The view of 100,000 accounts takes well below one.</summary>
    public const int QuerySeconds = 20;
}
