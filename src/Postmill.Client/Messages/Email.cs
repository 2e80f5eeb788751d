using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>What is known of a mail without opening it. All texts are the sender's: untrusted.</summary>
public sealed record Email(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("account_id")] string AccountId,
    [property: JsonPropertyName("direction")] string Direction,
    [property: JsonPropertyName("thread_id")] string ThreadId,
    [property: JsonPropertyName("from_json")] IReadOnlyList<EmailAddress> From,
    [property: JsonPropertyName("to_json")] IReadOnlyList<EmailAddress> To,
    [property: JsonPropertyName("cc_json")] IReadOnlyList<EmailAddress> Cc,
    [property: JsonPropertyName("received_at")] DateTimeOffset ReceivedAt,
    [property: JsonPropertyName("folders")] IReadOnlyList<string> Folders,
    [property: JsonPropertyName("flags")] IReadOnlyList<string> Flags,
    [property: JsonPropertyName("is_read")] bool IsRead,
    [property: JsonPropertyName("is_starred")] bool IsStarred,
    [property: JsonPropertyName("has_attachments")] bool HasAttachments,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("snippet")] string Snippet,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt)
{
    /// <summary>The Message-ID without its angle brackets.</summary>
    [JsonPropertyName("message_id")]
    public string? MessageId { get; init; }

    /// <summary>Decoded.</summary>
    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    /// <summary>Usually known for mail of one's own only.</summary>
    [JsonPropertyName("bcc_json")]
    public IReadOnlyList<EmailAddress> Bcc { get; init; } = [];

    /// <summary>Where answers should go.</summary>
    [JsonPropertyName("reply_to_json")]
    public IReadOnlyList<EmailAddress> ReplyTo { get; init; } = [];

    /// <summary>As the sender dated it; <see cref="ReceivedAt"/> is the mail server's time.</summary>
    [JsonPropertyName("date")]
    public DateTimeOffset? Date { get; init; }

    /// <summary>The folder to show first; null once the mail server has it no more.</summary>
    [JsonPropertyName("folder")]
    public string? Folder { get; init; }

    /// <summary>Given by users of the service.</summary>
    [JsonPropertyName("tags")]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Of a mail that was handed in here: what sends it.</summary>
    [JsonPropertyName("task_id")]
    public string? TaskId { get; init; }

    /// <inheritdoc cref="TaskId"/>
    [JsonPropertyName("job_id")]
    public string? JobId { get; init; }

    /// <summary>Of a mail that was searched for: where the hits are, between <c>mark</c> elements, all else escaped.</summary>
    [JsonPropertyName("snippet_html")]
    public string? SnippetHtml { get; init; }

    /// <summary>Given by users of the service.</summary>
    [JsonPropertyName("notes")]
    public string? Notes { get; init; }
}

/// <summary>An address of a header field.</summary>
/// <param name="Name">Decoded; null when only the address is there.</param>
/// <param name="Address">As the sender wrote it; it need not be one.</param>
public sealed record EmailAddress(
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("email")] string? Address);

internal sealed record EmailPage(
    [property: JsonPropertyName("emails")] IReadOnlyList<Email> Emails,
    [property: JsonPropertyName("next_cursor")] string? NextCursor = null);

internal sealed record EmailAnswer([property: JsonPropertyName("email")] Email Email);
