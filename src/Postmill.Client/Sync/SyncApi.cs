using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary><c>/api/sync</c>.</summary>
public sealed class SyncApi
{
    private readonly ApiWire _wire;

    internal SyncApi(ApiWire wire) => _wire = wire;

    /// <summary>Syncs now and answers when it is done, at the latest after a minute. A mail server that fails is status 502 with its code.</summary>
    /// <param name="accountId">Null: the default account.</param>
    /// <param name="cancellationToken">Ends the wait, not the sync.</param>
    public Task<SyncResult> NowAsync(string? accountId = null, CancellationToken cancellationToken = default) =>
        _wire.SendAsync(HttpMethod.Post, "api/sync", new SyncRequest(accountId), ClientJson.Default.SyncRequest, ClientJson.Default.SyncResult, cancellationToken);

    /// <summary>How every account's sync stands; no mail server is asked.</summary>
    public async Task<IReadOnlyList<AccountSync>> StatusAsync(CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, "api/sync", ClientJson.Default.SyncListAnswer, cancellationToken).ConfigureAwait(false)).Accounts;
}
