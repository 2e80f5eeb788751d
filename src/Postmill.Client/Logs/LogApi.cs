using System.Globalization;
using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary><c>/api/accounts/{id}/logs</c>: who did what to what.</summary>
public sealed class LogApi
{
    private readonly ApiWire _wire;

    internal LogApi(ApiWire wire) => _wire = wire;

    /// <summary>An account's log, newest first, page by page.</summary>
    public IAsyncEnumerable<LogLine> ListAsync(string accountId, LogFilter? filter = null, CancellationToken cancellationToken = default)
    {
        var path = Of(accountId);
        return Pages.FollowAsync<LogLine>(async (cursor, token) =>
        {
            var page = await _wire.SendAsync(HttpMethod.Get, path + Query(filter ?? new LogFilter(), cursor), ClientJson.Default.LogPage, token).ConfigureAwait(false);
            return (page.Logs, page.NextCursor);
        }, cancellationToken);
    }

    /// <summary>One line.</summary>
    public async Task<LogLine> GetAsync(string lineId, CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, $"api/logs/{ApiPath.Segment(lineId, nameof(lineId))}", ClientJson.Default.LogAnswer, cancellationToken).ConfigureAwait(false)).Log;

    /// <summary>Removes lines that are old and match. Gives how many went, or would go; those beyond <paramref name="limit"/> are left.</summary>
    /// <param name="accountId">Whose.</param>
    /// <param name="olderThan">Nothing that is newer goes.</param>
    /// <param name="filter">Default: all that are so old.</param>
    /// <param name="limit">Lines of one call; default: the service's.</param>
    /// <param name="dryRun">Count, and remove nothing.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    public async Task<long> DeleteAsync(
        string accountId, DateTimeOffset olderThan, LogFilter? filter = null, int? limit = null, bool dryRun = false, CancellationToken cancellationToken = default)
    {
        var body = (filter ?? new LogFilter()) with { OlderThan = olderThan, Limit = limit, DryRun = dryRun };
        var path = Of(accountId) + "/search-delete";
        return (await _wire.SendAsync(HttpMethod.Post, path, body, ClientJson.Default.LogFilter, ClientJson.Default.LogsDeleted, cancellationToken).ConfigureAwait(false)).Count;
    }

    private static string Of(string accountId) => $"api/accounts/{ApiPath.Segment(accountId, nameof(accountId))}/logs";

    private static string Query(LogFilter filter, string? cursor) => ApiPath.Query(
        ("limit", ClientLimits.PageSize.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor), ("query", filter.Query), ("actor", filter.Actor), ("action", filter.Action),
        ("subject", filter.Subject), ("outcome", filter.Outcome), ("code", filter.Code), ("after", ApiPath.Text(filter.After)), ("before", ApiPath.Text(filter.Before)));
}
