using System.Text.Json.Serialization;
using Postmill.Adapters.Postgres.Access;

namespace Postmill.Host.Access;

internal sealed record ApiKeyJson(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("prefix")] string Prefix,
    [property: JsonPropertyName("scopes")] IReadOnlyList<string> Scopes,
    [property: JsonPropertyName("allowed_account_id")] Guid? AllowedAccountId,
    [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("last_used_at")] DateTimeOffset? LastUsedAt)
{
    /// <summary>In the answer to its making only.</summary>
    [JsonPropertyName("key"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public static ApiKeyJson Of(ApiKeyRow row, string? key = null) =>
        new(row.Id, row.Name, row.Prefix, row.Scopes, row.AllowedAccountId, row.ExpiresAt, row.CreatedAt, row.LastUsedAt) { Key = key };
}

internal sealed record ApiKeyAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("key")] ApiKeyJson Key);

internal sealed record ApiKeysAnswer([property: JsonPropertyName("success")] bool Success, [property: JsonPropertyName("keys")] IReadOnlyList<ApiKeyJson> Keys);
