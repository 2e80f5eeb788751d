namespace Postmill.Domain.Jobs;

/// <summary>What a person's act on a job leads to: the job as it is then, or a refusal.</summary>
public abstract record JobDecision
{
    private JobDecision() { }

    public sealed record Changed(Job Job) : JobDecision;

    public sealed record Refused(JobRefusal Refusal) : JobDecision;
}
