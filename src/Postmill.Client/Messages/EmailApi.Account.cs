using System.Globalization;
using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary>What is asked of an account's mail as a whole.</summary>
public sealed partial class EmailApi
{
    /// <summary>An account's folders, with counts.</summary>
    public async Task<IReadOnlyList<Folder>> ListFoldersAsync(string accountId, CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, Of(accountId, "folders"), ClientJson.Default.FoldersAnswer, cancellationToken).ConfigureAwait(false)).Folders;

    /// <summary>An account's threads, newest first, page by page.</summary>
    public IAsyncEnumerable<EmailThread> ListThreadsAsync(string accountId, CancellationToken cancellationToken = default)
    {
        var path = Of(accountId, "threads");
        return Pages.FollowAsync<EmailThread>(async (cursor, token) =>
        {
            var query = ApiPath.Query(("limit", ClientLimits.PageSize.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor));
            var page = await _wire.SendAsync(HttpMethod.Get, path + query, ClientJson.Default.ThreadPage, token).ConfigureAwait(false);
            return (page.Threads, page.NextCursor);
        }, cancellationToken);
    }

    /// <summary>Writes a record down; nothing is sent.</summary>
    /// <param name="accountId">Whose.</param>
    /// <param name="email">A Message-ID that the account has already is refused.</param>
    /// <param name="idempotencyKey">Default: one for this call.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public async Task<Email> CreateAsync(string accountId, NewEmail email, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(email);
        var path = Of(accountId, "emails");
        return (await _wire.CreateAsync(path, email, ClientJson.Default.NewEmail, ClientJson.Default.EmailAnswer, idempotencyKey, cancellationToken).ConfigureAwait(false)).Email;
    }

    /// <summary>Deletes the records that are found; no sync brings them back, and the mail server's mail stays as it is.</summary>
    /// <param name="accountId">Whose.</param>
    /// <param name="search">Must say which; <see cref="EmailSearch.Sort"/> is not for it.</param>
    /// <param name="limit">Records of one call; default: the service's.</param>
    /// <param name="dryRun">Count, and delete nothing.</param>
    /// <param name="idempotencyKey">Default: one for this call.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public Task<DeletedEmails> DeleteFoundAsync(
        string accountId, EmailSearch search, int? limit = null, bool dryRun = false, string? idempotencyKey = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(search);
        var body = search with { Limit = limit, DryRun = dryRun };
        return _wire.CreateAsync(Of(accountId, "emails/search-delete"), body, ClientJson.Default.EmailSearch, ClientJson.Default.DeletedEmails, idempotencyKey, cancellationToken);
    }

    private static string Of(string accountId, string what) => $"api/accounts/{ApiPath.Segment(accountId, nameof(accountId))}/{what}";
}
