using Postmill.Domain.Jobs;

namespace Postmill.Grains.Jobs;

/// <summary>How a person's act on tasks and jobs ended; closed.</summary>
public abstract record JobOutcome
{
    private JobOutcome() { }

    public sealed record Done(Job Job) : JobOutcome;

    /// <summary>Not there, or another user's.</summary>
    public sealed record NotFound : JobOutcome;

    public sealed record Refused(JobRefusal Refusal) : JobOutcome;
}
