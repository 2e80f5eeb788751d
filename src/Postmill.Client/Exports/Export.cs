using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>An account's mail as one file, made by a job.</summary>
/// <param name="Id">Opaque.</param>
/// <param name="AccountId">Whose mail it holds.</param>
/// <param name="JobId">That makes it.</param>
/// <param name="Format"><c>mbox</c> or <c>zip</c>.</param>
/// <param name="State">Of its job: it can be downloaded once it is <c>succeeded</c>.</param>
/// <param name="CreatedAt">When it was asked for; mail that came later is not in it.</param>
/// <param name="ExpiresAt">Until when it can be downloaded.</param>
public sealed record Export(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("account_id")] string AccountId,
    [property: JsonPropertyName("job_id")] string JobId,
    [property: JsonPropertyName("format")] string Format,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt)
{
    /// <summary>It can be downloaded.</summary>
    [JsonIgnore]
    public bool IsReady => State == "succeeded";

    /// <summary>It is being made, or will be.</summary>
    [JsonIgnore]
    public bool IsOpen => State is "queued" or "running" or "retrying";

    /// <summary>How far it is; null before it begins.</summary>
    [JsonPropertyName("progress")]
    public JobProgress? Progress { get; init; }

    /// <summary>Mails in it; null until it is ready.</summary>
    [JsonPropertyName("messages")]
    public long? Messages { get; init; }

    /// <summary>Bytes of its file; null until it is ready.</summary>
    [JsonPropertyName("size")]
    public long? Size { get; init; }

    /// <summary>Why it failed, for programs.</summary>
    [JsonPropertyName("last_error_code")]
    public string? LastErrorCode { get; init; }

    /// <summary>Why it failed, for people.</summary>
    [JsonPropertyName("last_error_detail")]
    public string? LastErrorDetail { get; init; }
}

/// <summary>An export that was accepted.</summary>
/// <param name="ExportId">See <see cref="ExportApi.GetAsync"/>.</param>
/// <param name="JobId">That makes it.</param>
public sealed record EnqueuedExport([property: JsonPropertyName("export_id")] string ExportId, [property: JsonPropertyName("job_id")] string JobId);

internal sealed record NewExport([property: JsonPropertyName("format")] string Format, [property: JsonPropertyName("filter")] ExportFilter? Filter);

internal sealed record ExportFilter(
    [property: JsonPropertyName("folder")] string? Folder,
    [property: JsonPropertyName("direction")] string? Direction,
    [property: JsonPropertyName("unread")] bool? Unread,
    [property: JsonPropertyName("starred")] bool? Starred,
    [property: JsonPropertyName("has_attachments")] bool? HasAttachments,
    [property: JsonPropertyName("thread_id")] string? ThreadId,
    [property: JsonPropertyName("message_id")] string? MessageId,
    [property: JsonPropertyName("after")] DateTimeOffset? After,
    [property: JsonPropertyName("before")] DateTimeOffset? Before);

internal sealed record EnqueuedExportAnswer([property: JsonPropertyName("data")] EnqueuedExport Data);

internal sealed record ExportAnswer([property: JsonPropertyName("export")] Export Export);

internal sealed record ExportPage([property: JsonPropertyName("exports")] IReadOnlyList<Export> Exports, [property: JsonPropertyName("next_cursor")] string? NextCursor = null);
