using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>Which mail of an account to look for, in all its folders. All that is given must hold; what is null does not matter.</summary>
public sealed record EmailSearch
{
    /// <summary>Words, <c>"phrases"</c>, <c>begin*</c>, <c>-without</c> and fields like <c>from:ann</c>, over subject, addresses, body and names of attachments.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    /// <summary>A whole address, or words of a name or an address.</summary>
    [JsonPropertyName("from")]
    public string? From { get; init; }

    /// <summary>Likewise, over To, Cc and Bcc.</summary>
    [JsonPropertyName("to")]
    public string? To { get; init; }

    /// <summary>Words of the subject.</summary>
    [JsonPropertyName("subject")]
    public string? Subject { get; init; }

    /// <summary>A folder's name.</summary>
    [JsonPropertyName("folder")]
    public string? Folder { get; init; }

    /// <summary><c>inbound</c> or <c>outbound</c>.</summary>
    [JsonPropertyName("direction")]
    public string? Direction { get; init; }

    /// <summary>Not read yet, or read.</summary>
    [JsonPropertyName("unread")]
    public bool? Unread { get; init; }

    /// <summary>Starred, or not.</summary>
    [JsonPropertyName("starred")]
    public bool? Starred { get; init; }

    /// <summary>With attachments, or without.</summary>
    [JsonPropertyName("has_attachments")]
    public bool? HasAttachments { get; init; }

    /// <summary>Received later than this.</summary>
    [JsonPropertyName("after")]
    public DateTimeOffset? After { get; init; }

    /// <summary>Received before this time.</summary>
    [JsonPropertyName("before")]
    public DateTimeOffset? Before { get; init; }

    /// <summary>With this Message-ID.</summary>
    [JsonPropertyName("message_id")]
    public string? MessageId { get; init; }

    /// <summary>Of one thread.</summary>
    [JsonPropertyName("thread_id")]
    public string? ThreadId { get; init; }

    /// <summary>With this tag.</summary>
    [JsonPropertyName("tag")]
    public string? Tag { get; init; }

    /// <summary><c>relevance</c> or <c>newest</c>; null: by relevance if a word is looked for.</summary>
    [JsonPropertyName("sort")]
    public string? Sort { get; init; }

    [JsonInclude, JsonPropertyName("limit")]
    internal int? Limit { get; init; }

    [JsonInclude, JsonPropertyName("cursor")]
    internal string? Cursor { get; init; }

    [JsonInclude, JsonPropertyName("dry_run")]
    internal bool? DryRun { get; init; }
}
