using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Accounts;
using Postmill.Domain.Sync;

namespace Postmill.Host.Sync;

/// <summary>Body of <c>POST /api/sync</c>.</summary>
internal sealed record SyncRequest([property: JsonPropertyName("account_id")] string? AccountId);

internal sealed record SyncAnswer(
    [property: JsonPropertyName("success")] bool Success,
    [property: JsonPropertyName("accountId")] Guid AccountId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("newMessages")] int NewMessages,
    [property: JsonPropertyName("syncedAt")] DateTimeOffset? SyncedAt);

internal sealed record SyncListAnswer([property: JsonPropertyName("accounts")] IReadOnlyList<AccountSyncJson> Accounts);

/// <summary>An account as <c>GET /api/sync</c> shows it. The last three fields are there only while <c>syncStatus</c> is <c>failed</c>.</summary>
internal sealed record AccountSyncJson(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("lastSyncAt")] DateTimeOffset? LastSyncAt,
    [property: JsonPropertyName("syncStatus")] string SyncStatus,
    [property: JsonPropertyName("newMessageCount")] int NewMessageCount)
{
    [JsonPropertyName("requiresManualIntervention"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? RequiresManualIntervention { get; init; }

    [JsonPropertyName("nextRetryAt"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NextRetryAt { get; init; }

    [JsonPropertyName("lastError"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastError { get; init; }

    public static AccountSyncJson Of(AccountView account)
    {
        var trouble = SyncTrouble.Of(account.Sync);
        return new AccountSyncJson(
            account.Id, account.Email, account.Sync.LastSuccessAt, Domain.Sync.SyncStatus.Live(account.Sync), Domain.Sync.SyncStatus.NewMessageCount(account.Sync))
        {
            RequiresManualIntervention = trouble?.NeedsPerson,
            NextRetryAt = trouble?.NextRetryAt,
            LastError = trouble?.Error,
        };
    }
}
