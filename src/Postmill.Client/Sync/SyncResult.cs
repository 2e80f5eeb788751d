using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>What asking for a sync came to.</summary>
/// <param name="AccountId">Which account was meant.</param>
/// <param name="Status"><c>synced</c>: it ran. <c>queued</c>: it still runs, or ran less than 30 s ago; the numbers are the previous result's.</param>
/// <param name="NewMessages">Messages that were stored for the first time.</param>
/// <param name="SyncedAt">Null when there is no result yet.</param>
public sealed record SyncResult(
    [property: JsonPropertyName("accountId")] string AccountId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("newMessages")] int NewMessages,
    [property: JsonPropertyName("syncedAt")] DateTimeOffset? SyncedAt);

/// <summary>An account's sync.</summary>
/// <param name="Id">The account.</param>
/// <param name="Email">Its address.</param>
/// <param name="LastSyncAt">The last success; null before the first.</param>
/// <param name="SyncStatus"><c>idle</c>, <c>syncing</c> or <c>failed</c>.</param>
/// <param name="NewMessageCount">Messages stored since the last result that was handed out.</param>
public sealed record AccountSync(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("lastSyncAt")] DateTimeOffset? LastSyncAt,
    [property: JsonPropertyName("syncStatus")] string SyncStatus,
    [property: JsonPropertyName("newMessageCount")] int NewMessageCount)
{
    /// <summary>While it is <c>failed</c>: whether the retries are used up.</summary>
    [JsonPropertyName("requiresManualIntervention")]
    public bool? RequiresManualIntervention { get; init; }

    /// <summary>While it is <c>failed</c>: when it is tried again.</summary>
    [JsonPropertyName("nextRetryAt")]
    public DateTimeOffset? NextRetryAt { get; init; }

    /// <summary>While it is <c>failed</c>: what the mail server said.</summary>
    [JsonPropertyName("lastError")]
    public string? LastError { get; init; }
}

internal sealed record SyncRequest([property: JsonPropertyName("account_id")] string? AccountId);

internal sealed record SyncListAnswer([property: JsonPropertyName("accounts")] IReadOnlyList<AccountSync> Accounts);
