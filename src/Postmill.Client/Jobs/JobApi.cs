using System.Globalization;
using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary><c>/api/accounts/{id}/jobs</c> and <c>/api/jobs</c>: what is done at mail servers, and how it went.</summary>
public sealed class JobApi
{
    private readonly ApiWire _wire;

    internal JobApi(ApiWire wire) => _wire = wire;

    /// <summary>An account's jobs, newest first, page by page.</summary>
    public IAsyncEnumerable<Job> ListAsync(string accountId, JobFilter? filter = null, CancellationToken cancellationToken = default)
    {
        var path = $"api/accounts/{ApiPath.Segment(accountId, nameof(accountId))}/jobs";
        return Pages.FollowAsync<Job>(async (cursor, token) =>
        {
            var page = await _wire.SendAsync(HttpMethod.Get, path + Query(filter, cursor), ClientJson.Default.JobPage, token).ConfigureAwait(false);
            return (page.Jobs, page.NextCursor);
        }, cancellationToken);
    }

    /// <summary>One job.</summary>
    public async Task<Job> GetAsync(string jobId, CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, Path(jobId), ClientJson.Default.JobAnswer, cancellationToken).ConfigureAwait(false)).Job;

    /// <summary>Enqueues a sync of the account's mail and answers at once.</summary>
    /// <param name="accountId">A connected one.</param>
    /// <param name="idempotencyKey">Default: one for this call.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public Task<EnqueuedJob> EnqueueSyncAsync(string accountId, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        EnqueueAsync(accountId, "sync-messages", idempotencyKey, cancellationToken);

    /// <summary>Enqueues a sync of the account's list of folders and answers at once.</summary>
    /// <param name="accountId">A connected one.</param>
    /// <param name="idempotencyKey">Default: one for this call.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public Task<EnqueuedJob> EnqueueFolderSyncAsync(string accountId, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        EnqueueAsync(accountId, "sync-mailboxes", idempotencyKey, cancellationToken);

    /// <summary>Runs it again now.</summary>
    public Task<Job> RetryAsync(string jobId, CancellationToken cancellationToken = default) => ActAsync(jobId, "retry", cancellationToken);

    /// <summary>Says that a failed or uncertain job is settled.</summary>
    public Task<Job> ResolveAsync(string jobId, CancellationToken cancellationToken = default) => ActAsync(jobId, "resolve", cancellationToken);

    /// <summary>Cancels it, also while it runs.</summary>
    public Task<Job> CancelAsync(string jobId, CancellationToken cancellationToken = default) => ActAsync(jobId, "cancel", cancellationToken);

    internal static string Query(JobFilter? filter, string? cursor) => ApiPath.Query(
        ("limit", ClientLimits.PageSize.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor), ("state", filter?.State), ("kind", filter?.Kind));

    private async Task<EnqueuedJob> EnqueueAsync(string accountId, string what, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var path = $"api/accounts/{ApiPath.Segment(accountId, nameof(accountId))}/imap/{what}";
        return (await _wire.CreateAsync(path, ClientJson.Default.EnqueuedAnswer, idempotencyKey, cancellationToken).ConfigureAwait(false)).Data;
    }

    private async Task<Job> ActAsync(string jobId, string verb, CancellationToken cancellationToken) =>
        (await _wire.SendAsync(HttpMethod.Post, $"{Path(jobId)}/{verb}", ClientJson.Default.JobAnswer, cancellationToken).ConfigureAwait(false)).Job;

    private static string Path(string jobId) => $"api/jobs/{ApiPath.Segment(jobId, nameof(jobId))}";
}
