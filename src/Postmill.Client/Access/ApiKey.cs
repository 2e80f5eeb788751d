using System.Text.Json.Serialization;

namespace Postmill.Client;

/// <summary>An API key as it may be shown.</summary>
/// <param name="Id">Opaque; names the key to <see cref="KeyApi.RevokeAsync"/>.</param>
/// <param name="Name">As its maker called it.</param>
/// <param name="Prefix">Its first characters, to tell keys apart.</param>
/// <param name="Scopes">What it opens.</param>
/// <param name="AllowedAccountId">The one account it is for; null: all.</param>
/// <param name="ExpiresAt">Null: never.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">Null: never.</param>
public sealed record ApiKey(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("prefix")] string Prefix,
    [property: JsonPropertyName("scopes")] IReadOnlyList<string> Scopes,
    [property: JsonPropertyName("allowed_account_id")] string? AllowedAccountId,
    [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("last_used_at")] DateTimeOffset? LastUsedAt)
{
    /// <summary>The key itself, a secret; in the answer to its making only.</summary>
    [JsonPropertyName("key")]
    public string? Key { get; init; }

    /// <summary>Without the key.</summary>
    public override string ToString() => $"API key {Name} ({Prefix}…)";
}

/// <summary>An API key to make.</summary>
/// <param name="Name">At most 100 characters.</param>
/// <param name="Scopes">At least one, for example <c>read</c>, which the live feed needs.</param>
/// <param name="AllowedAccountId">For one account only.</param>
/// <param name="ExpiresAt">In the future.</param>
public sealed record NewApiKey(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("scopes")] IReadOnlyList<string> Scopes,
    [property: JsonPropertyName("allowed_account_id")] string? AllowedAccountId = null,
    [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt = null);

internal sealed record KeysAnswer([property: JsonPropertyName("keys")] IReadOnlyList<ApiKey> Keys);

internal sealed record KeyAnswer([property: JsonPropertyName("key")] ApiKey Key);
