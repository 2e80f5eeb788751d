using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Postmill.Domain.Access;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Grains.Accounts;

namespace Postmill.Grains.Jobs;

/// <summary>The order of effects around a person's acts on jobs: the row first, then the account is told. The sweep finds what it could not be told.</summary>
public sealed partial class JobDesk(IJobBook book, IGrainFactory grains, JobOptions options, TimeProvider time, ILogger<JobDesk> logger)
{
    /// <summary>An act lost against the account's own run this often is refused as it stands then.</summary>
    private const int MostTries = 3;

    public async Task<JobOutcome> EnqueueAsync(Guid userId, Guid accountId, string kind, string actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var job = NewJob(Guid.CreateVersion7(now), accountId, kind, now);
        if (!await book.AddAsync(userId, job, Line(userId, job, actor, "task.requested"), cancellationToken)) return new JobOutcome.NotFound();
        await TellAsync(accountId);
        return new JobOutcome.Done(job);
    }

    public async Task<JobOutcome> TriggerAsync(Guid userId, Guid taskId, string actor, CancellationToken cancellationToken)
    {
        if (await book.FindTaskAsync(userId, taskId, cancellationToken) is not { } task) return new JobOutcome.NotFound();
        if (JobPolicy.OnTrigger(task.Kind, task.Newest) is { } refusal) return new JobOutcome.Refused(refusal);
        var now = time.GetUtcNow();
        var job = NewJob(taskId, task.AccountId, task.Kind, now);
        if (!await book.AddToTaskAsync(job, Line(userId, job, actor, "task.triggered"), cancellationToken))
            return new JobOutcome.Refused(JobPolicy.OnTrigger(task.Kind, JobState.Queued)!);
        await TellAsync(task.AccountId);
        return new JobOutcome.Done(job);
    }

    public Task<JobOutcome> RetryAsync(Guid userId, Guid jobId, string actor, CancellationToken cancellationToken) =>
        ActAsync(userId, jobId, actor, "job.retried", connected: true, JobPolicy.OnRetry, cancellationToken);

    public Task<JobOutcome> ResolveAsync(Guid userId, Guid jobId, string actor, CancellationToken cancellationToken) =>
        ActAsync(userId, jobId, actor, "job.resolved", connected: false, JobPolicy.OnResolve, cancellationToken);

    public Task<JobOutcome> CancelAsync(Guid userId, Guid jobId, string actor, CancellationToken cancellationToken) =>
        ActAsync(userId, jobId, actor, "job.cancelled", connected: false, JobPolicy.OnCancel, cancellationToken);

    private async Task<JobOutcome> ActAsync(
        Guid userId, Guid jobId, string actor, string action, bool connected, Func<Job, DateTimeOffset, JobDecision> decide, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await book.FindAsync(userId, jobId, connected, cancellationToken) is not { } job) return new JobOutcome.NotFound();
            switch (decide(job, time.GetUtcNow()))
            {
                case JobDecision.Refused { Refusal: var refusal }:
                    return new JobOutcome.Refused(refusal);
                case JobDecision.Changed { Job: var changed }:
                    // What runs is its account's: the run that serves it lets go of it first. What no owner runs sees it in its row.
                    var held = job.State == JobState.Running && JobKinds.IsOfOwner(job.Kind);
                    if (held && !await LetGoAsync(job)) continue;
                    if (!await book.ChangeAsync(held ? changed : job, changed, Line(userId, job, actor, action), cancellationToken)) continue;
                    if (changed.State == JobState.Queued && JobKinds.IsOfOwner(job.Kind))
                        await TellAsync(job.AccountId, job.Kind == JobKinds.SendMessage ? static grain => grain.MailAsked() : static grain => grain.JobsDue());
                    return new JobOutcome.Done(changed);
                default:
                    throw new InvalidOperationException("JobDecision is closed");
            }
        }

        return new JobOutcome.Refused(new JobRefusal(JobRefusal.NotCancellable, "the job changes just now, or its owner cannot be asked; try again"));
    }

    private async Task<bool> LetGoAsync(Job job)
    {
        try
        {
            return await grains.Account(job.AccountId).CancelJob(job.Id);
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException or OwnershipHeldException or StorageFaultException)
        {
            LogNotTold(fault, job.AccountId);
            return false;
        }
    }

    /// <summary>The account is told that jobs of it may be due. It is not waited for longer than a request can wait; the sweep finds what it does not hear.</summary>
    public Task TellAsync(Guid accountId) => TellAsync(accountId, static grain => grain.JobsDue());

    private async Task TellAsync(Guid accountId, Func<IAccountGrain, Task> tell)
    {
        try
        {
            await tell(grains.Account(accountId)).WaitAsync(TimeSpan.FromMilliseconds(options.TellMilliseconds), time);
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException or OwnershipHeldException or StorageFaultException)
        {
            LogNotTold(fault, accountId);
        }
    }

    private static Job NewJob(Guid taskId, Guid accountId, string kind, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        TaskId = taskId,
        AccountId = accountId,
        Kind = kind,
        Cause = JobCause.User,
        State = JobState.Queued,
        NextRunAt = now,
        CreatedAt = now,
        UpdatedAt = now,
    };

    private static AuditLine Line(Guid userId, Job job, string actor, string action) => new(userId, job.AccountId, actor, action, job.Id.ToString(), "done");

    [LoggerMessage(Level = LogLevel.Warning, Message = "Account {AccountId} could not be told of a job; the sweep finds it")]
    private partial void LogNotTold(Exception fault, Guid accountId);
}
