using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary><c>/api/accounts</c>.</summary>
public sealed class AccountApi
{
    private readonly ApiWire _wire;

    internal AccountApi(ApiWire wire) => _wire = wire;

    /// <summary>The connected ones.</summary>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, "api/accounts", ClientJson.Default.AccountsAnswer, cancellationToken).ConfigureAwait(false)).Accounts;

    /// <summary>Connects a mailbox; the service logs in to both servers before it saves anything, which may take a while.</summary>
    /// <param name="account">Its address, servers and password.</param>
    /// <param name="idempotencyKey">Default: one for this call.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public async Task<ConnectedAccount> ConnectAsync(NewAccount account, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await _wire.CreateAsync("api/accounts", account, ClientJson.Default.NewAccount, ClientJson.Default.ConnectedAnswer, idempotencyKey, cancellationToken).ConfigureAwait(false)).Account;

    /// <summary>Changes the name, or makes it the default account.</summary>
    public async Task<Account> ChangeAsync(string accountId, AccountChange change, CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Patch, Path(accountId), change, ClientJson.Default.AccountChange, ClientJson.Default.AccountAnswer, cancellationToken).ConfigureAwait(false)).Account;

    /// <summary>Disconnects it; mail that was synced stays readable.</summary>
    public Task DisconnectAsync(string accountId, CancellationToken cancellationToken = default) =>
        _wire.SendAsync(HttpMethod.Delete, Path(accountId), ClientJson.Default.Done, cancellationToken);

    /// <summary>Logs in to both servers with what is stored. A login that fails is an answer, not an exception.</summary>
    public Task<CredentialCheck> TestCredentialsAsync(string accountId, CancellationToken cancellationToken = default) =>
        _wire.SendAsync(HttpMethod.Post, Path(accountId) + "/credentials/test", ClientJson.Default.CredentialCheck, cancellationToken);

    /// <summary>Replaces the password, and the user name unless it is null. Verified first; what fails is refused with 400 and changes nothing.</summary>
    public Task<CredentialCheck> RotateCredentialsAsync(string accountId, string password, string? username = null, CancellationToken cancellationToken = default) => _wire.SendAsync(
        HttpMethod.Post, Path(accountId) + "/credentials/rotate", new NewCredentials(username, password), ClientJson.Default.NewCredentials, ClientJson.Default.CredentialCheck, cancellationToken);

    private static string Path(string accountId) => $"api/accounts/{ApiPath.Segment(accountId, nameof(accountId))}";
}
