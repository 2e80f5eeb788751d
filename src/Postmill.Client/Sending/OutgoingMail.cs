using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>A mail to send; at least one recipient, the rest may be left out.</summary>
public sealed record OutgoingMail : EmailDraft
{
    /// <summary>Default: the account. Its address must be the account's; the name may be another.</summary>
    [JsonPropertyName("from_json")]
    public EmailAddress? From { get; init; }

    /// <summary>Files; the HTML may name them with <c>cid:</c>.</summary>
    [JsonPropertyName("attachments")]
    public IReadOnlyList<OutgoingFile>? Attachments { get; init; }

    /// <summary>The Message-ID that it answers.</summary>
    [JsonPropertyName("in_reply_to")]
    public string? InReplyTo { get; init; }

    /// <summary>Message-IDs of its thread, oldest first.</summary>
    [JsonPropertyName("references")]
    public IReadOnlyList<string>? References { get; init; }

    /// <summary>Header fields beyond those that the service writes.</summary>
    [JsonPropertyName("headers")]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Not before this time, within a year. Default: now.</summary>
    [JsonPropertyName("send_at")]
    public DateTimeOffset? SendAt { get; init; }

    /// <summary><c>normal</c> or <c>bulk</c>, which lets others pass.</summary>
    [JsonPropertyName("priority")]
    public string? Priority { get; init; }
}

/// <summary>A file of a mail.</summary>
/// <param name="FileName">At most 255 characters.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentType">Default: <c>application/octet-stream</c>.</param>
/// <param name="Disposition"><c>attachment</c> or <c>inline</c>.</param>
/// <param name="ContentId">By which the HTML names it.</param>
public sealed record OutgoingFile(
    [property: JsonPropertyName("filename")] string FileName,
    [property: JsonPropertyName("content_b64")] byte[] Content,
    [property: JsonPropertyName("content_type")] string? ContentType = null,
    [property: JsonPropertyName("disposition")] string? Disposition = null,
    [property: JsonPropertyName("content_id")] string? ContentId = null);

/// <summary>A mail that is stored and goes out by itself.</summary>
/// <param name="TaskId">What was asked for.</param>
/// <param name="JobId">What sends it, see <see cref="JobApi.GetAsync"/>.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="EmailId">Its record, see <see cref="EmailApi.GetAsync"/>.</param>
/// <param name="MessageId">Without its angle brackets.</param>
public sealed record EnqueuedMail(
    [property: JsonPropertyName("task_id")] string TaskId,
    [property: JsonPropertyName("job_id")] string JobId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("email_id")] string EmailId,
    [property: JsonPropertyName("message_id")] string MessageId);

internal sealed record EnqueuedMailAnswer([property: JsonPropertyName("data")] EnqueuedMail Data);
