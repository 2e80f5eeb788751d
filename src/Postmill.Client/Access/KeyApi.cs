using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary><c>/api/v1/keys</c>.</summary>
public sealed class KeyApi
{
    private readonly ApiWire _wire;

    internal KeyApi(ApiWire wire) => _wire = wire;

    /// <summary>All of them; a user has at most 100.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, "api/v1/keys?limit=100", ClientJson.Default.KeysAnswer, cancellationToken).ConfigureAwait(false)).Keys;

    /// <summary>Makes a key. <see cref="ApiKey.Key"/> of the answer is the only time that it is shown: when the answer is lost, the repeat is
    /// refused with <c>idempotency_replayed_secret</c>, and the key is there to be revoked.</summary>
    /// <param name="key">Its name and scopes.</param>
    /// <param name="idempotencyKey">Default: one for this call.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public async Task<ApiKey> CreateAsync(NewApiKey key, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await _wire.CreateAsync("api/v1/keys", key, ClientJson.Default.NewApiKey, ClientJson.Default.KeyAnswer, idempotencyKey, cancellationToken).ConfigureAwait(false)).Key;

    /// <summary>Revokes a key; its live connections are closed.</summary>
    public Task RevokeAsync(string keyId, CancellationToken cancellationToken = default) =>
        _wire.SendAsync(HttpMethod.Delete, $"api/v1/keys/{ApiPath.Segment(keyId, nameof(keyId))}", ClientJson.Default.Done, cancellationToken);
}
