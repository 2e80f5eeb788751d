using Postmill.Domain.Access;
using Postmill.Domain.Jobs;

namespace Postmill.Grains.Jobs;

/// <summary>Tasks and jobs as people change them. Each method is one transaction with its line in the log.</summary>
public interface IJobBook
{
    /// <summary>A new task with its first job; false: no such connected account of this user.</summary>
    Task<bool> AddAsync(Guid userId, Job job, AuditLine line, CancellationToken cancellationToken);

    /// <summary>A job of this user; null when there is none. With <paramref name="connected"/>, of a connected account only.</summary>
    Task<Job?> FindAsync(Guid userId, Guid jobId, bool connected, CancellationToken cancellationToken);

    /// <summary>Makes <paramref name="before"/> <paramref name="after"/>; false: it is not as it was any more.</summary>
    Task<bool> ChangeAsync(Job before, Job after, AuditLine line, CancellationToken cancellationToken);

    /// <summary>A task of a connected account of this user, with its newest job; null when there is none.</summary>
    Task<(Guid AccountId, string Kind, JobState? Newest)?> FindTaskAsync(Guid userId, Guid taskId, CancellationToken cancellationToken);

    /// <summary>One more job of a task; false: it has got an open one meanwhile.</summary>
    Task<bool> AddToTaskAsync(Job job, AuditLine line, CancellationToken cancellationToken);
}
