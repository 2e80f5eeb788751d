using Postmill.Domain.Access;

namespace Postmill.Adapters.Postgres.Access;

/// <summary>An API key as its owner sees it after its making: everything but the key.</summary>
internal sealed record ApiKeyRow(
    Guid Id, Guid UserId, string Name, string Prefix, IReadOnlyList<string> Scopes, Guid? AllowedAccountId,
    DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>What authentication needs of a living key.</summary>
internal sealed record ApiKeyMatch(ApiKeyRow Key, byte[] Hash, Role OwnerRole);
