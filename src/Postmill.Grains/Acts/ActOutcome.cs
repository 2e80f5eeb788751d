using Postmill.Domain.Sync;

namespace Postmill.Grains.Acts;

/// <summary>How far one try of an act came; closed.</summary>
internal abstract record ActOutcome
{
    private ActOutcome() { }

    /// <summary>The server has it so, by this try or before.</summary>
    public sealed record Done : ActOutcome;

    /// <summary>The mail is not where the store thinks: look again.</summary>
    public sealed record Elsewhere : ActOutcome;

    public sealed record Refused(SyncFailure Failure) : ActOutcome;
}
