using System.Globalization;
using System.Text.Json;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Domain;
using Postmill.Domain.Access;
using Postmill.Host.Access;
using Postmill.Host.Accounts;
using Postmill.Host.Http;

namespace Postmill.Host.Jobs;

/// <summary>The log of an account (S4): who did what to what, and how it ended.</summary>
internal static class LogRoutes
{
    public static void MapLogRoutes(this IEndpointRouteBuilder routes)
    {
        var logs = routes.MapGroup("/api").WithTags("Logs");
        logs.MapGet("/accounts/{id}/logs", ListAsync).RequireSession(Role.View)
            .WithSummary("The account's log, newest first; action, outcome, code, actor and subject filter").Produces<LogListAnswer>().ProducesErrors(400, 404);
        logs.MapGet("/logs/{id}", OneAsync).RequireSession(Role.View).WithSummary("One line").Produces<LogAnswer>().ProducesErrors(404);
        logs.MapPost("/accounts/{id}/logs/search", SearchAsync).RequireSession(Role.View)
            .WithSummary("Search the account's log").Accepts<LogSearch>("application/json").Produces<LogListAnswer>().ProducesErrors(400, 404);
        logs.MapPost("/accounts/{id}/logs/search-delete", DeleteAsync).RequireSession(Role.Edit)
            .WithSummary("Remove lines that match and are older than older_than; dry_run counts them").Accepts<LogSearchDelete>("application/json")
            .Produces<LogDeleteAnswer>().ProducesErrors(400, 404);
    }

    private static Task<IResult> ListAsync(string id, HttpContext http, LogQueries logs)
    {
        var query = http.Request.Query;
        var search = new LogSearch
        {
            Query = Given("query"),
            Actor = Given("actor"),
            Action = Given("action"),
            Subject = Given("subject"),
            Outcome = Given("outcome"),
            Code = Given("code"),
            After = Given("after"),
            Before = Given("before"),
        };
        var errors = new FieldErrors();
        foreach (var name in query.Keys) errors.Check(query[name].ToString().Contains('\0') is not true, name, "must not hold U+0000");
        search.Check(errors);
        return errors.Any ? Task.FromResult<IResult>(ApiErrors.BadRequest(errors)) : PageAsync(id, http, logs, search.ToFilter());

        string? Given(string name) => query.TryGetValue(name, out var given) && given.ToString() is { Length: > 0 } text ? text : null;
    }

    private static async Task<IResult> SearchAsync(string id, HttpContext http, LogQueries logs)
    {
        var body = await JsonBody.ReadAsync(http, whenEmpty: new LogSearch());
        return body.IsRefused ? body.Refusal : await PageAsync(id, http, logs, body.Value.ToFilter());
    }

    /// <summary>The page is in the query string, for both.</summary>
    private static async Task<IResult> PageAsync(string id, HttpContext http, LogQueries logs, LogFilter filter)
    {
        var asked = Page.Read(http.Request);
        if (asked.IsRefused) return asked.Refusal;
        long? below = null;
        if (asked.Value.Cursor is { } cursor)
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var line)) return ApiErrors.BadRequest("cursor", "must be a cursor that this list has given");
            below = line;
        }

        if (!Guid.TryParse(id, out var account)) return AccountRoutes.NotFound();
        if (await logs.ListAsync(http.UserId(), account, filter, below, asked.Value.Limit, asked.Value.Offset, http.RequestAborted) is not { } found) return AccountRoutes.NotFound();
        var next = found is { More: true, Rows: [.., var last] } ? PageCursor.Encode(last.Id.ToString(CultureInfo.InvariantCulture)) : null;
        return TypedResults.Ok(new LogListAnswer(true, [.. found.Rows.Select(LogJson.Of)], next));
    }

    private static async Task<IResult> OneAsync(string id, HttpContext http, LogQueries logs) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var line) && await logs.FindAsync(http.UserId(), line, http.RequestAborted) is { } found
            ? TypedResults.Ok(new LogAnswer(true, LogJson.Of(found)))
            : ApiErrors.NotFound("log_not_found", "there is no such line");

    private static async Task<IResult> DeleteAsync(string id, HttpContext http, LogQueries logs, IAuditLog audit)
    {
        var body = await JsonBody.ReadAsync<LogSearchDelete>(http);
        if (body.IsRefused) return body.Refusal;
        if (!Guid.TryParse(id, out var account)) return AccountRoutes.NotFound();
        var (filter, limit, dry) = (body.Value.ToFilter(), body.Value.Limit ?? LogSearchDelete.DefaultLimit, body.Value.DryRun is true);
        if (await logs.CountAsync(http.UserId(), account, filter, limit, http.RequestAborted) is not { } found) return AccountRoutes.NotFound();
        if (dry || found == 0) return TypedResults.Ok(new LogDeleteAnswer(true, found, dry));
        var gone = await logs.DeleteAsync(account, filter, limit, http.RequestAborted);
        var detail = JsonSerializer.Serialize(new Dictionary<string, object?> { ["count"] = gone, ["older_than"] = WireTime.Format(filter.Before!.Value) });
        await audit.WriteAsync(new AuditLine(http.UserId(), account, http.Actor(), "logs.deleted", id, "done", detail), http.RequestAborted);
        return TypedResults.Ok(new LogDeleteAnswer(true, gone, DryRun: false));
    }
}
