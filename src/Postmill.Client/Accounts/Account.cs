using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>A connected mailbox.</summary>
/// <param name="Id">Opaque.</param>
/// <param name="Email">Its address.</param>
/// <param name="Name">As the user calls it.</param>
/// <param name="ImapHost">Where mail is fetched.</param>
/// <param name="ImapPort">Its port.</param>
/// <param name="SmtpHost">Where mail is sent.</param>
/// <param name="SmtpPort">Its port.</param>
/// <param name="SyncStatus"><c>pending</c>, <c>syncing</c>, <c>synced</c> or <c>error</c>.</param>
/// <param name="IsDefault">Whether it is meant when no account is named.</param>
/// <param name="CreatedAt">When it was first connected.</param>
public sealed record Account(
    [property: JsonPropertyName("id")] string Id,
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
    /// <summary>While <see cref="SyncStatus"/> is <c>error</c>: whether the retries are used up.</summary>
    [JsonPropertyName("requires_manual_intervention")]
    public bool? RequiresManualIntervention { get; init; }

    /// <summary>While <see cref="SyncStatus"/> is <c>error</c>: when it is tried again.</summary>
    [JsonPropertyName("next_retry_at")]
    public DateTimeOffset? NextRetryAt { get; init; }

    /// <summary>While <see cref="SyncStatus"/> is <c>error</c>: what the mail server said.</summary>
    [JsonPropertyName("last_error")]
    public string? LastError { get; init; }
}

/// <summary>An account that was just connected.</summary>
/// <param name="Id">Opaque.</param>
/// <param name="Email">Its address.</param>
/// <param name="SyncStatus"><c>pending</c>: its first sync has not begun.</param>
public sealed record ConnectedAccount(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("email")] string Email,
    [property: JsonPropertyName("sync_status")] string SyncStatus);

internal sealed record AccountsAnswer([property: JsonPropertyName("accounts")] IReadOnlyList<Account> Accounts);

internal sealed record AccountAnswer([property: JsonPropertyName("account")] Account Account);

internal sealed record ConnectedAnswer([property: JsonPropertyName("account")] ConnectedAccount Account);
