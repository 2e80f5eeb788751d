using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>One run of a task, with its attempts.</summary>
/// <param name="Id">Opaque.</param>
/// <param name="TaskId">What it is a run of.</param>
/// <param name="AccountId">Whose mailbox it works on.</param>
/// <param name="Kind">What it does.</param>
/// <param name="State"><c>queued</c>, <c>running</c>, <c>retrying</c>, <c>succeeded</c>, <c>failed</c>, <c>uncertain</c>, <c>resolved</c> or <c>cancelled</c>.</param>
/// <param name="AttemptCount">Attempts that began.</param>
/// <param name="MaxAttempts">Attempts that it has.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record Job(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("task_id")] string TaskId,
    [property: JsonPropertyName("account_id")] string AccountId,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("attempt_count")] int AttemptCount,
    [property: JsonPropertyName("max_attempts")] int MaxAttempts,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt)
{
    /// <summary>Why it runs, for example <c>schedule</c>.</summary>
    [JsonPropertyName("cause")]
    public string? Cause { get; init; }

    /// <summary>Why the last attempt failed, for programs.</summary>
    [JsonPropertyName("last_error_code")]
    public string? LastErrorCode { get; init; }

    /// <summary>Why the last attempt failed, for people.</summary>
    [JsonPropertyName("last_error_detail")]
    public string? LastErrorDetail { get; init; }

    /// <summary>When it is tried again.</summary>
    [JsonPropertyName("next_run_at")]
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>Messages that a sync stored for the first time.</summary>
    [JsonPropertyName("new_messages")]
    public int? NewMessages { get; init; }

    /// <summary>How far it has come; null: it does not count.</summary>
    [JsonPropertyName("progress")]
    public JobProgress? Progress { get; init; }

    /// <summary>When the first attempt began.</summary>
    [JsonPropertyName("started_at")]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it came to its end.</summary>
    [JsonPropertyName("ended_at")]
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>How far a job has come.</summary>
/// <param name="Done">Items done with.</param>
/// <param name="Total">Items that there are.</param>
/// <param name="Bytes">Bytes made of them.</param>
public sealed record JobProgress(
    [property: JsonPropertyName("done")] long Done,
    [property: JsonPropertyName("total")] long Total,
    [property: JsonPropertyName("bytes")] long Bytes);

/// <summary>A requested operation at a mail server, with the state of its newest job.</summary>
/// <param name="Id">Opaque.</param>
/// <param name="AccountId">Whose mailbox it is about.</param>
/// <param name="Kind">What it does.</param>
/// <param name="RequestedBy">Who asked.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="UpdatedAt">When its newest job last changed.</param>
public sealed record ProviderTask(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("account_id")] string AccountId,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("requested_by")] string RequestedBy,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt)
{
    /// <summary>Its newest job.</summary>
    [JsonPropertyName("job_id")]
    public string? JobId { get; init; }

    /// <summary>Of its newest job.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }
}

/// <summary>Work that was accepted and comes later.</summary>
/// <param name="TaskId">What was asked for.</param>
/// <param name="JobId">Its run, see <see cref="JobApi.GetAsync"/>.</param>
/// <param name="Status">Where it stands.</param>
public sealed record EnqueuedJob(
    [property: JsonPropertyName("task_id")] string TaskId,
    [property: JsonPropertyName("job_id")] string JobId,
    [property: JsonPropertyName("status")] string Status);

/// <summary>Which tasks or jobs of an account to list; what is null does not matter.</summary>
/// <param name="State">See <see cref="Job.State"/>.</param>
/// <param name="Kind">See <see cref="Job.Kind"/>.</param>
public sealed record JobFilter(string? State = null, string? Kind = null);

internal sealed record EnqueuedAnswer([property: JsonPropertyName("data")] EnqueuedJob Data);

internal sealed record JobAnswer([property: JsonPropertyName("job")] Job Job);

internal sealed record TaskAnswer([property: JsonPropertyName("task")] ProviderTask Task);

internal sealed record JobPage([property: JsonPropertyName("jobs")] IReadOnlyList<Job> Jobs, [property: JsonPropertyName("next_cursor")] string? NextCursor = null);

internal sealed record TaskPage([property: JsonPropertyName("tasks")] IReadOnlyList<ProviderTask> Tasks, [property: JsonPropertyName("next_cursor")] string? NextCursor = null);
