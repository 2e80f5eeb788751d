using System.Text.Json;
using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Messages.Reading;

namespace Postmill.Host.Messages;

/// <summary>A thread in a list; its mails are <c>GET …/emails?thread_id=</c>.</summary>
internal sealed record ThreadSummary(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("account_id")] string AccountId,
    [property: JsonPropertyName("subject")] string? Subject,
    [property: JsonPropertyName("participants_json")] IReadOnlyList<JsonElement> Participants,
    [property: JsonPropertyName("message_count")] long Emails,
    [property: JsonPropertyName("unread_count")] long Unread,
    [property: JsonPropertyName("is_starred")] bool IsStarred,
    [property: JsonPropertyName("has_attachments")] bool HasAttachments,
    [property: JsonPropertyName("first_received_at")] DateTimeOffset FirstReceivedAt,
    [property: JsonPropertyName("last_received_at")] DateTimeOffset LastReceivedAt,
    [property: JsonPropertyName("last_email_id")] string LastEmailId,
    [property: JsonPropertyName("snippet")] string Snippet)
{
    public static ThreadSummary Of(StoredThread thread, Guid accountId) => new(
        thread.Id.ToString(), accountId.ToString(), thread.Subject, thread.Participants, thread.Emails, thread.Unread, thread.IsStarred, thread.HasAttachments,
        thread.FirstReceivedAt, thread.Newest.ReceivedAt, thread.Newest.Id.ToString(), thread.Snippet);
}

internal sealed record ThreadListAnswer(
    [property: JsonPropertyName("threads")] IReadOnlyList<ThreadSummary> Threads,
    [property: JsonPropertyName("next_cursor")] string? NextCursor)
{
    [JsonPropertyName("success"), JsonPropertyOrder(-1)]
    public bool Success { get; } = true;
}
