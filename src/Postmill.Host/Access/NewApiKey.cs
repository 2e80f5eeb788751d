using System.Text.Json.Serialization;
using Postmill.Domain.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Access;

/// <summary>Body of <c>POST /api/v1/keys</c>.</summary>
internal sealed record NewApiKey(
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("scopes")] IReadOnlyList<string?>? Scopes,
    [property: JsonPropertyName("allowed_account_id")] string? AllowedAccountId,
    [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt) : IChecked
{
    public void Check(FieldErrors errors)
    {
        errors.Required("name", Name, AccessLimits.MaxKeyNameLength);
        if (Scopes is not { Count: > 0 }) errors.Add("scopes", "is required");
        else errors.Check(Scopes.Count <= 100 && Scopes.All(s => s is not null && ApiKeyScopes.All.Contains(s)), "scopes", $"must be among {string.Join(", ", ApiKeyScopes.All)}");
    }
}
