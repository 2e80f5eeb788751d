using System.Text.Json;
using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Domain.Jobs;

namespace Postmill.Host.Jobs;

/// <summary>A job as clients see it (S4).</summary>
internal sealed record JobJson(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("task_id")] Guid TaskId,
    [property: JsonPropertyName("account_id")] Guid AccountId,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("cause")] string Cause,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("attempt_count")] int AttemptCount,
    [property: JsonPropertyName("max_attempts")] int MaxAttempts,
    [property: JsonPropertyName("last_error_code")] string? LastErrorCode,
    [property: JsonPropertyName("last_error_detail")] string? LastErrorDetail,
    [property: JsonPropertyName("next_run_at")] DateTimeOffset? NextRunAt,
    [property: JsonPropertyName("new_messages")] int? NewMessages,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("started_at")] DateTimeOffset? StartedAt,
    [property: JsonPropertyName("ended_at")] DateTimeOffset? EndedAt,
    [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt)
{
    /// <summary>Only of jobs that count.</summary>
    [JsonPropertyName("progress")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ProgressJson? Progress { get; init; }

    public static JobJson Of(Job job) => new(
        job.Id, job.TaskId, job.AccountId, job.Kind, job.Cause.Word(), job.State.Word(), job.AttemptCount, job.MaxAttempts,
        job.LastErrorCode, job.LastErrorDetail, job.NextRunAt, job.NewMessages, job.CreatedAt, job.StartedAt, job.EndedAt, job.UpdatedAt)
    {
        Progress = job.Progress is { } at ? new ProgressJson(at.Done, at.Total, at.Bytes) : null,
    };
}

/// <summary>How far a job has come.</summary>
internal sealed record ProgressJson(
    [property: JsonPropertyName("done")] long Done,
    [property: JsonPropertyName("total")] long Total,
    [property: JsonPropertyName("bytes")] long Bytes);

/// <summary>A task with the state of its newest job.</summary>
internal sealed record TaskJson(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("account_id")] Guid AccountId,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("requested_by")] string RequestedBy,
    [property: JsonPropertyName("job_id")] Guid? JobId,
    [property: JsonPropertyName("state")] string? State,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt)
{
    public static TaskJson Of(TaskView task) => new(
        task.Id, task.AccountId, task.Kind, task.RequestedBy, task.JobId, task.State, task.CreatedAt, task.UpdatedAt ?? task.CreatedAt);
}

/// <summary>A line of the log.</summary>
internal sealed record LogJson(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("account_id")] Guid? AccountId,
    [property: JsonPropertyName("actor")] string Actor,
    [property: JsonPropertyName("subject")] string Subject,
    [property: JsonPropertyName("action")] string Action,
    [property: JsonPropertyName("outcome")] string Outcome,
    [property: JsonPropertyName("code")] string? Code,
    [property: JsonPropertyName("detail")] JsonElement Detail,
    [property: JsonPropertyName("at")] DateTimeOffset At)
{
    public static LogJson Of(LogLine line) => new(
        line.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), line.AccountId, line.Actor, line.Subject, line.Action, line.Outcome, line.Code,
        JsonElement.Parse(line.DetailJson), line.At);
}
