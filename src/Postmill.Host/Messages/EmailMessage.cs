using System.Text.Json;
using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Messages.Reading;

namespace Postmill.Host.Messages;

/// <summary><c>email_message</c> of the public page (S4). Never a body.</summary>
internal sealed record EmailMessage(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("account_id")] string AccountId,
    [property: JsonPropertyName("direction")] string Direction,
    [property: JsonPropertyName("message_id")] string? MessageId,
    [property: JsonPropertyName("thread_id")] string ThreadId,
    [property: JsonPropertyName("subject")] string? Subject,
    [property: JsonPropertyName("from_json")] JsonElement From,
    [property: JsonPropertyName("to_json")] JsonElement To,
    [property: JsonPropertyName("cc_json")] JsonElement Cc,
    [property: JsonPropertyName("bcc_json")] JsonElement Bcc,
    [property: JsonPropertyName("reply_to_json")] JsonElement ReplyTo,
    [property: JsonPropertyName("date")] DateTimeOffset? Date,
    [property: JsonPropertyName("received_at")] DateTimeOffset ReceivedAt,
    [property: JsonPropertyName("folder")] string? Folder,
    [property: JsonPropertyName("folders")] IReadOnlyList<string> Folders,
    [property: JsonPropertyName("flags")] IReadOnlyList<string> Flags,
    [property: JsonPropertyName("is_read")] bool IsRead,
    [property: JsonPropertyName("is_starred")] bool IsStarred,
    [property: JsonPropertyName("has_attachments")] bool HasAttachments,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("snippet")] string Snippet,
    [property: JsonPropertyName("tags")] IReadOnlyList<string> Tags,
    [property: JsonPropertyName("notes")] string? Notes,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt)
{
    /// <summary>Of an outgoing mail: what sends it.</summary>
    [JsonPropertyName("task_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TaskId { get; init; }

    /// <inheritdoc cref="TaskId"/>
    [JsonPropertyName("job_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? JobId { get; init; }

    /// <summary>In found mails: where the hits are, between <c>mark</c> elements, all else escaped. The plain <see cref="Snippet"/> means the same everywhere.</summary>
    [JsonPropertyName("snippet_html"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SnippetHtml { get; init; }

    public static EmailMessage Of(StoredEmail email) => new(
        email.Id.ToString(),
        email.AccountId.ToString(),
        email.Direction,
        email.MessageId,
        email.ThreadId.ToString(),
        email.Subject,
        email.From,
        email.To,
        email.Cc,
        email.Bcc,
        email.ReplyTo,
        email.Date,
        email.ReceivedAt,
        email.Folders is [var first, ..] ? first : null,
        email.Folders,
        email.Flags,
        email.IsRead,
        email.IsStarred,
        email.HasAttachments,
        email.Size,
        email.Snippet,
        email.Tags,
        email.Notes,
        email.CreatedAt,
        email.UpdatedAt)
    {
        TaskId = email.TaskId?.ToString(),
        JobId = email.JobId?.ToString(),
    };
}
