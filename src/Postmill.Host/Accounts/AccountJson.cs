using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Accounts;
using Postmill.Domain.Sync;

namespace Postmill.Host.Accounts;

/// <summary>An account as <c>GET /api/accounts</c> shows it (S1). The fields of trouble are there only while <c>sync_status</c> is <c>error</c>.</summary>
internal sealed record AccountJson(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("imap_host")] string ImapHost,
    [property: JsonPropertyName("imap_port")] int ImapPort,
    [property: JsonPropertyName("smtp_host")] string SmtpHost,
    [property: JsonPropertyName("smtp_port")] int SmtpPort,
    [property: JsonPropertyName("sync_status")] string SyncStatus,
    [property: JsonPropertyName("is_default")] bool IsDefault,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt)
{
    [JsonPropertyName("requires_manual_intervention"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? RequiresManualIntervention { get; init; }

    [JsonPropertyName("next_retry_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NextRetryAt { get; init; }

    [JsonPropertyName("last_error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastError { get; init; }

    /// <summary>There only where the account has some of its own.</summary>
    [JsonPropertyName("sending_limits"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SendingLimitsJson? SendingLimits { get; init; }

    public static AccountJson Of(AccountView account)
    {
        var status = Domain.Sync.SyncStatus.Listed(account.Sync);
        var trouble = SyncTrouble.Of(account.Sync);
        return new AccountJson(
            account.Id, account.Email, account.Name, account.ImapHost, account.ImapPort, account.SmtpHost, account.SmtpPort, status, account.IsDefault, account.CreatedAt)
        {
            RequiresManualIntervention = trouble?.NeedsPerson,
            NextRetryAt = trouble?.NextRetryAt,
            LastError = trouble?.Error,
            SendingLimits = SendingLimitsJson.Of(account.Limits),
        };
    }
}

internal sealed record AccountsAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("accounts")] IReadOnlyList<AccountJson> Accounts);

internal sealed record AccountAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("account")] AccountJson Account);

internal sealed record ConnectedAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("account")] ConnectedJson Account);

internal sealed record ConnectedJson(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("sync_status")] string SyncStatus);
