namespace Postmill.Domain.Access;

/// <summary>Who calls with an API key, and what the key opens.</summary>
public sealed record ApiKeyIdentity(Guid KeyId, Guid UserId, IReadOnlyList<string> Scopes, Guid? AllowedAccountId, DateTimeOffset? ExpiresAt)
{
    public bool Has(string scope) => Scopes.Contains(scope);

    public bool MayUse(Guid accountId) => AllowedAccountId is null || AllowedAccountId == accountId;
}
