using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Host.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>An account's mail by folders and by threads.</summary>
internal static class AccountMailRoutes
{
    public static async Task<IResult> FoldersAsync(HttpContext http, string accountId, FolderQueries folders)
    {
        if (!Guid.TryParse(accountId, out var account)) return ApiErrors.NotFound();
        try
        {
            var found = await folders.ListAsync(http.CurrentUser().Id, account, http.RequestAborted);
            return found is null ? ApiErrors.NotFound() : Results.Json(new FolderListAnswer([.. found.Select(FolderCount.Of)]));
        }
        catch (SearchTooSlowException slow)
        {
            return ApiErrors.SearchTooSlow(slow.Message);
        }
    }

    public static async Task<IResult> ThreadsAsync(HttpContext http, string accountId, ThreadQueries threads)
    {
        var asked = Page.Read(http.Request);
        if (asked.IsRefused) return asked.Refusal;
        EmailPosition? below = null;
        if (asked.Value.Cursor is { } cursor && !EmailPosition.TryParse(cursor, out below)) return ApiErrors.BadRequest("cursor", "must be a cursor that this list has given");
        if (asked.Value.Offset > 0) return ApiErrors.BadRequest("offset", "follow next_cursor instead");
        if (!Guid.TryParse(accountId, out var account)) return ApiErrors.NotFound();
        try
        {
            var found = await threads.ListAsync(http.CurrentUser().Id, account, below, asked.Value.Limit, http.RequestAborted);
            if (found is null) return ApiErrors.NotFound();
            var next = found is { More: true, Threads: [.., var last] } ? PageCursor.Encode(last.Newest.ToString()) : null;
            return Results.Json(new ThreadListAnswer([.. found.Threads.Select(thread => ThreadSummary.Of(thread, account))], next));
        }
        catch (SearchTooSlowException slow)
        {
            return ApiErrors.SearchTooSlow(slow.Message);
        }
    }
}
