namespace Postmill.Host.Cli;

/// <summary>What scripts go by; the same for every command.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Something is wrong with what was asked about, or it could not be asked.</summary>
    public const int Wrong = 1;

    /// <summary>The command line or a setting.</summary>
    public const int Usage = 2;
}
