using Postmill.Domain.Access;

namespace Postmill.Host.Access;

/// <summary>Who an API key belongs to, asked by REST routes and by sockets.</summary>
internal interface IApiKeys
{
    /// <summary>Null for anything that is not a living key. Notes its use.</summary>
    Task<ApiKeyIdentity?> AuthenticateAsync(string presented, CancellationToken cancellationToken);

    /// <summary>Whether a key that opened something earlier still may: not revoked, not expired.</summary>
    Task<bool> IsStillValidAsync(Guid keyId, CancellationToken cancellationToken);
}
