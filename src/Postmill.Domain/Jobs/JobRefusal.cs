namespace Postmill.Domain.Jobs;

/// <summary>Why something cannot be done to a job now: a code for programs and a text for people.</summary>
public sealed record JobRefusal(string Code, string Text)
{
    public const string NotRetryable = "job_not_retryable";
    public const string NotResolvable = "job_not_resolvable";
    public const string NotCancellable = "job_not_cancellable";
    public const string TaskActive = "task_already_active";
    public const string TaskNotRepeatable = "task_not_repeatable";
}
