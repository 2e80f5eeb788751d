using System.Text.Json.Serialization;

namespace Postmill.Host.Sending;

/// <summary>202: the mail is stored and goes out by itself. <c>idempotent</c> is there on a repeat alone.</summary>
internal sealed record MailEnqueuedAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("data")] MailEnqueuedJson Data,
    [property: JsonPropertyName("idempotent"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Idempotent);

internal sealed record MailEnqueuedJson(
    [property: JsonPropertyName("task_id")] Guid TaskId,
    [property: JsonPropertyName("job_id")] Guid JobId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("email_id")] Guid EmailId,
    [property: JsonPropertyName("message_id")] string MessageId);

/// <summary>200: the SMTP server accepted the mail; <c>refused</c> names the recipients it did not accept it for.</summary>
internal sealed record SentAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("message_id")] string MessageId,
    [property: JsonPropertyName("provider")] string Provider,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp,
    [property: JsonPropertyName("idempotent"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Idempotent,
    [property: JsonPropertyName("refused"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<RefusedRecipientJson>? Refused);

internal sealed record RefusedRecipientJson(
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("code")] string? Code,
    [property: JsonPropertyName("reason")] string? Reason);

/// <summary>202 of the key route: the server did not take it yet; it goes out later, by itself. <c>code</c> and <c>next_run_at</c> are the job's, where it knows them.</summary>
internal sealed record SendQueuedAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("queued")] bool Queued,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("message_id")] string MessageId,
    [property: JsonPropertyName("code"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code,
    [property: JsonPropertyName("next_run_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? NextRunAt,
    [property: JsonPropertyName("idempotent"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Idempotent);
