using System.Security.Cryptography;
using Postmill.Adapters.Postgres.Access;
using Postmill.Domain.Access;

namespace Postmill.Host.Access;

internal sealed class ApiKeys(ApiKeyRows rows, RandomNumberGenerator random, TimeProvider clock) : IApiKeys
{
    public async Task<ApiKeyIdentity?> AuthenticateAsync(string presented, CancellationToken cancellationToken)
    {
        if (!SecretToken.LooksLikeApiKey(presented)) return null;
        var hash = SecretToken.Hash(presented);
        var now = clock.GetUtcNow();
        if (await rows.FindAsync(hash, now, cancellationToken) is not { } found || !CryptographicOperations.FixedTimeEquals(found.Hash, hash)) return null;
        var key = found.Key;
        if (key.LastUsedAt is not { } last || now - last >= AccessLimits.LastUsedResolution) await rows.TouchAsync(key.Id, now, cancellationToken);
        return new ApiKeyIdentity(key.Id, key.UserId, ApiKeyScopes.Within(found.OwnerRole, key.Scopes), key.AllowedAccountId, key.ExpiresAt);
    }

    public Task<bool> IsStillValidAsync(Guid keyId, CancellationToken cancellationToken) => rows.IsLivingAsync(keyId, clock.GetUtcNow(), cancellationToken);

    /// <summary>The key in clear, this once, and its row; null when the user has as many as he may have.</summary>
    public async Task<(string Key, ApiKeyRow Row)?> MakeAsync(Guid userId, NewApiKey wanted, Guid? accountId, CancellationToken cancellationToken)
    {
        var key = SecretToken.NewApiKey(random);
        var now = clock.GetUtcNow();
        var row = new ApiKeyRow(
            Guid.CreateVersion7(now), userId, wanted.Name!.Trim(), SecretToken.Prefix(key), [.. wanted.Scopes!.Distinct()!], accountId, now, wanted.ExpiresAt, null);
        return await rows.InsertAsync(row, SecretToken.Hash(key), cancellationToken) ? (key, row) : null;
    }

    public Task<bool> RevokeAsync(Guid id, Guid userId, CancellationToken cancellationToken) => rows.RevokeAsync(id, userId, clock.GetUtcNow(), cancellationToken);
}
