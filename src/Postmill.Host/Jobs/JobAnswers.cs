using System.Text.Json.Serialization;
using Postmill.Domain.Jobs;

namespace Postmill.Host.Jobs;

/// <summary>202: the rows are committed; the work comes.</summary>
internal sealed record EnqueuedAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("data")] EnqueuedJson Data);

internal sealed record EnqueuedJson(
    [property: JsonPropertyName("task_id")] Guid TaskId,
    [property: JsonPropertyName("job_id")] Guid JobId,
    [property: JsonPropertyName("status")] string Status)
{
    public static EnqueuedJson? Of(Job? job) => job is null ? null : new EnqueuedJson(job.TaskId, job.Id, job.State.Word());
}

internal sealed record JobAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("job")] JobJson Job);

internal sealed record TaskAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("task")] TaskJson Task);

internal sealed record LogAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("log")] LogJson Log);

internal sealed record JobListAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("jobs")] IReadOnlyList<JobJson> Jobs,
    [property: JsonPropertyName("next_cursor")] string? NextCursor);

internal sealed record TaskListAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("tasks")] IReadOnlyList<TaskJson> Tasks,
    [property: JsonPropertyName("next_cursor")] string? NextCursor);

internal sealed record LogListAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("logs")] IReadOnlyList<LogJson> Logs,
    [property: JsonPropertyName("next_cursor")] string? NextCursor);

/// <summary>How many lines went, or with <c>dry_run</c> would go.</summary>
internal sealed record LogDeleteAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("count")] long Count,
    [property: JsonPropertyName("dry_run")] bool DryRun);
