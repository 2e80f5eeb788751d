namespace Postmill.Domain.Jobs;

/// <summary>Where a job stands; drawn in <see cref="JobPolicy"/>.</summary>
public enum JobState
{
    Queued,
    Running,

    /// <summary>An attempt failed and another is set.</summary>
    Retrying,
    Succeeded,

    /// <summary>No attempt follows by itself.</summary>
    Failed,

    /// <summary>Nobody can tell whether the server did it; it is not repeated without being asked.</summary>
    Uncertain,

    /// <summary>It had failed, and a person or a later success settled it.</summary>
    Resolved,
    Cancelled,
}
