namespace Postmill.Adapters.Postgres;

internal static class PostgresMigratorLimits
{
    /// <summary>Another silo that migrates holds us up no longer than this.</summary>
    public static readonly TimeSpan LockWait = TimeSpan.FromMinutes(15);

    /// <summary>One script: a rewrite of the largest table of a large installation.</summary>
    public static readonly TimeSpan ScriptTime = TimeSpan.FromMinutes(60);

    /// <summary>Older ones are out of support, and untested.</summary>
    public const int OldestServerVersion = 14;
}
