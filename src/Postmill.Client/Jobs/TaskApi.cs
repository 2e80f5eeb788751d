using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary><c>/api/accounts/{id}/tasks</c> and <c>/api/tasks</c>: what was asked of mail servers.</summary>
public sealed class TaskApi
{
    private readonly ApiWire _wire;

    internal TaskApi(ApiWire wire) => _wire = wire;

    /// <summary>An account's tasks, newest first, page by page.</summary>
    public IAsyncEnumerable<ProviderTask> ListAsync(string accountId, JobFilter? filter = null, CancellationToken cancellationToken = default)
    {
        var path = $"api/accounts/{ApiPath.Segment(accountId, nameof(accountId))}/tasks";
        return Pages.FollowAsync<ProviderTask>(async (cursor, token) =>
        {
            var page = await _wire.SendAsync(HttpMethod.Get, path + JobApi.Query(filter, cursor), ClientJson.Default.TaskPage, token).ConfigureAwait(false);
            return (page.Tasks, page.NextCursor);
        }, cancellationToken);
    }

    /// <summary>One task.</summary>
    public async Task<ProviderTask> GetAsync(string taskId, CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, Path(taskId), ClientJson.Default.TaskAnswer, cancellationToken).ConfigureAwait(false)).Task;

    /// <summary>Enqueues one more job of it.</summary>
    /// <param name="taskId">Whose jobs have all ended.</param>
    /// <param name="idempotencyKey">Default: one for this call.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public async Task<EnqueuedJob> TriggerAsync(string taskId, string? idempotencyKey = null, CancellationToken cancellationToken = default) =>
        (await _wire.CreateAsync(Path(taskId) + "/trigger", ClientJson.Default.EnqueuedAnswer, idempotencyKey, cancellationToken).ConfigureAwait(false)).Data;

    private static string Path(string taskId) => $"api/tasks/{ApiPath.Segment(taskId, nameof(taskId))}";
}
