using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>Mails that answer each other; <see cref="EmailFilter.ThreadId"/> lists them.</summary>
public sealed record EmailThread(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("account_id")] string AccountId,
    [property: JsonPropertyName("participants_json")] IReadOnlyList<EmailAddress> Participants,
    [property: JsonPropertyName("message_count")] long Emails,
    [property: JsonPropertyName("unread_count")] long Unread,
    [property: JsonPropertyName("is_starred")] bool IsStarred,
    [property: JsonPropertyName("has_attachments")] bool HasAttachments,
    [property: JsonPropertyName("first_received_at")] DateTimeOffset FirstReceivedAt,
    [property: JsonPropertyName("last_received_at")] DateTimeOffset LastReceivedAt,
    [property: JsonPropertyName("last_email_id")] string LastEmailId,
    [property: JsonPropertyName("snippet")] string Snippet)
{
    /// <summary>Decoded.</summary>
    [JsonPropertyName("subject")]
    public string? Subject { get; init; }
}

internal sealed record ThreadPage(
    [property: JsonPropertyName("threads")] IReadOnlyList<EmailThread> Threads, [property: JsonPropertyName("next_cursor")] string? NextCursor = null);
