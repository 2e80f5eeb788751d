using System.Text.Json;
using Postmill.Adapters.Postgres.Sending;
using Postmill.Domain.Access;
using Postmill.Domain.Sending;
using Postmill.Host.Access;
using Postmill.Host.Http;
using Postmill.Host.Http.Idempotency;

namespace Postmill.Host.Sending;

/// <summary>The suppression list, for sessions below <c>/api</c> and for keys below <c>/api/v1</c>.</summary>
internal static class SuppressionRoutes
{
    public static void MapSuppressionRoutes(this IEndpointRouteBuilder routes)
    {
        Map(routes.MapGroup("/api/suppressions").RequireSession(Role.View), route => route.RequireSession(Role.Edit));
        Map(routes.MapGroup("/api/v1/suppressions").RequireApiKey(ApiKeyScopes.Contacts), route => route);
    }

    private static void Map(RouteGroupBuilder list, Func<RouteHandlerBuilder, RouteHandlerBuilder> writes)
    {
        list.WithTags("Suppressions");
        list.MapGet("", ListAsync).WithSummary("Addresses that are not written to, newest first; email and reason filter").Produces<SuppressionListAnswer>().ProducesErrors(400);
        writes(list.MapPost("", AddAsync)).WithSummary("Put an address on the list; who is on it stays as he is")
            .Accepts<AddSuppression>("application/json").Produces<SuppressionAnswer>(201).Produces<SuppressionAnswer>(200).ProducesErrors(400).WithIdempotency(AfterLoss.RunAgain);
        writes(list.MapDelete("/{email}", RemoveAsync)).WithSummary("Take an address off the list").Produces<DoneAnswer>().ProducesErrors(404);
    }

    private static async Task<IResult> ListAsync(HttpContext http, SuppressionList list)
    {
        var asked = SuppressionQuery.Read(http.Request);
        if (asked.IsRefused) return asked.Refusal;
        var query = asked.Value;
        var found = await list.ListAsync(http.UserId(), query.Email, query.Reason, query.After, query.Page.Limit, query.Page.Offset, http.RequestAborted);
        var next = found is { More: true, Rows: [.., var last] } ? SuppressionQuery.Cursor(last) : null;
        return TypedResults.Ok(new SuppressionListAnswer(true, [.. found.Rows.Select(SuppressionJson.Of)], next));
    }

    private static async Task<IResult> AddAsync(HttpContext http, SuppressionList list, IAuditLog audit, TimeProvider clock)
    {
        var body = await JsonBody.ReadAsync<AddSuppression>(http);
        if (body.IsRefused) return body.Refusal;
        var now = clock.GetUtcNow();
        if (body.Value.ExpiresAt <= now) return ApiErrors.BadRequest("expires_at", "must be in the future");
        var (row, isNew) = await list.AddAsync(http.UserId(), body.Value.ToRow(http.Actor(), now), http.RequestAborted);
        if (isNew)
        {
            var detail = JsonSerializer.Serialize(new Dictionary<string, object?> { ["reason"] = row.Reason.Word() });
            await audit.WriteAsync(new AuditLine(http.UserId(), null, http.Actor(), "suppression.added", row.Email, "done", detail), http.RequestAborted);
        }

        return TypedResults.Json(new SuppressionAnswer(true, SuppressionJson.Of(row)), statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> RemoveAsync(string email, HttpContext http, SuppressionList list, IAuditLog audit)
    {
        if (email.Length > AccessLimits.MaxEmailLength || email.Contains('\0') || !await list.RemoveAsync(http.UserId(), email, http.RequestAborted))
            return ApiErrors.NotFound("suppression_not_found", "this address is not on the list");
        await audit.WriteAsync(new AuditLine(http.UserId(), null, http.Actor(), "suppression.removed", email, "done"), http.RequestAborted);
        return TypedResults.Ok(DoneAnswer.Instance);
    }
}
