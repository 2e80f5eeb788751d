using System.Text.Json;
using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Messages.Exporting;
using Postmill.Domain.Messages;
using Postmill.Host.Jobs;

namespace Postmill.Host.Messages.Exports;

/// <summary>202: it is being made, as a job.</summary>
internal sealed record ExportAddedAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("data")] ExportAddedJson Data);

internal sealed record ExportAddedJson(
    [property: JsonPropertyName("task_id")] Guid TaskId,
    [property: JsonPropertyName("job_id")] Guid JobId,
    [property: JsonPropertyName("export_id")] Guid ExportId,
    [property: JsonPropertyName("status")] string Status);

internal sealed record ExportAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("export")] ExportJson Export);

internal sealed record ExportListAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("exports")] IReadOnlyList<ExportJson> Exports,
    [property: JsonPropertyName("next_cursor")] string? NextCursor);

/// <summary>An export: where its job stands, and its file once it is there.</summary>
internal sealed record ExportJson(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("account_id")] Guid AccountId,
    [property: JsonPropertyName("task_id")] Guid TaskId,
    [property: JsonPropertyName("job_id")] Guid JobId,
    [property: JsonPropertyName("format")] string Format,
    [property: JsonPropertyName("filter")] ExportCriteria Filter,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("progress")] ProgressJson? Progress,
    [property: JsonPropertyName("last_error_code")] string? LastErrorCode,
    [property: JsonPropertyName("last_error_detail")] string? LastErrorDetail,
    [property: JsonPropertyName("messages")] long? Messages,
    [property: JsonPropertyName("size")] long? Size,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("ready_at")] DateTimeOffset? ReadyAt,
    [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt)
{
    public static ExportJson Of(StoredExport export)
    {
        var job = JobJson.Of(export.Job);
        return new ExportJson(
            export.Id, job.AccountId, job.TaskId, job.Id, export.Format.Word(), ExportCriteria.Of(JsonSerializer.Deserialize<EmailFilter>(export.FilterJson) ?? new EmailFilter()),
            job.State, job.Progress, job.LastErrorCode, job.LastErrorDetail, export.File?.Mails, export.File?.Length,
            job.CreatedAt, export.File is null ? null : job.EndedAt, export.ExpiresAt);
    }
}
