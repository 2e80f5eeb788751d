using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>A record to write down; nothing is sent. It needs a sender, a recipient, a subject or a body.</summary>
public sealed record NewEmail : EmailDraft
{
    /// <summary>Default: the service makes one.</summary>
    [JsonPropertyName("message_id")]
    public string? MessageId { get; init; }

    /// <summary><c>inbound</c> or <c>outbound</c>.</summary>
    [JsonPropertyName("direction")]
    public string? Direction { get; init; }

    /// <summary>Default: now.</summary>
    [JsonPropertyName("date")]
    public DateTimeOffset? Date { get; init; }

    /// <summary>Senders.</summary>
    [JsonPropertyName("from_json")]
    public IReadOnlyList<EmailAddress>? From { get; init; }

    /// <summary>Where it is shown.</summary>
    [JsonPropertyName("folder")]
    public string? Folder { get; init; }

    /// <summary>Read or unread.</summary>
    [JsonPropertyName("is_read")]
    public bool? IsRead { get; init; }

    /// <summary>Starred or not.</summary>
    [JsonPropertyName("is_starred")]
    public bool? IsStarred { get; init; }

    /// <summary>The notes on it.</summary>
    [JsonPropertyName("notes")]
    public string? Notes { get; init; }
}

/// <summary>What became of a deletion of many.</summary>
/// <param name="DryRun">Counted only.</param>
/// <param name="Count">Records that went, or would go.</param>
/// <param name="More">Others match too: ask again.</param>
public sealed record DeletedEmails(
    [property: JsonPropertyName("dry_run")] bool DryRun, [property: JsonPropertyName("count")] int Count, [property: JsonPropertyName("more")] bool More);
