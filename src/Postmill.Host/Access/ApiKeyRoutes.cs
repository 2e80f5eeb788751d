using Postmill.Adapters.Postgres.Access;
using Postmill.Domain.Access;
using Postmill.Host.Http;
using Postmill.Host.Http.Idempotency;

namespace Postmill.Host.Access;

/// <summary><c>/api/v1/keys</c>: the one part of <c>/api/v1</c> that a session opens.</summary>
internal static class ApiKeyRoutes
{
    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/keys").RequireSession(Role.View).WithTags("Access");
        keys.MapGet("", ListAsync).WithSummary("List your API keys, newest first").Produces<ApiKeysAnswer>().ProducesErrors(400);
        keys.MapPost("", MakeAsync).WithSummary("Make an API key; it is shown this once")
            .Accepts<NewApiKey>("application/json").Produces<ApiKeyAnswer>(201).ProducesErrors(400, 403, 404, 409).WithIdempotency(AfterLoss.RunAgain, answerIsSecret: true);
        keys.MapDelete("/{id}", RevokeAsync).WithSummary("Revoke an API key").Produces<DoneAnswer>().ProducesErrors(404);
    }

    private static async Task<IResult> ListAsync(HttpContext http, ApiKeyRows rows)
    {
        var page = Page.Read(http.Request);
        if (page.IsRefused) return page.Refusal;
        var keys = await rows.ListAsync(http.UserId(), page.Value.Limit, page.Value.Offset, http.RequestAborted);
        return TypedResults.Ok(new ApiKeysAnswer(true, [.. keys.Select(k => ApiKeyJson.Of(k))]));
    }

    private static async Task<IResult> MakeAsync(HttpContext http, ApiKeys keys, ApiKeyRows rows, TimeProvider clock, IAuditLog audit)
    {
        var body = await JsonBody.ReadAsync<NewApiKey>(http);
        if (body.IsRefused) return body.Refusal;
        var wanted = body.Value;
        var user = http.CurrentUser();
        if (wanted.ExpiresAt <= clock.GetUtcNow()) return ApiErrors.BadRequest("expires_at", "must be in the future");
        if (wanted.Scopes!.Any(s => ApiKeyScopes.RoleFor(s!) > user.Role)) return ApiErrors.Forbidden("role_insufficient", "a key cannot have a scope that your role does not allow");
        Guid? accountId = null;
        if (wanted.AllowedAccountId is { } text)
        {
            if (!Guid.TryParse(text, out var id) || !await rows.OwnsAccountAsync(user.Id, id, http.RequestAborted))
                return ApiErrors.NotFound("account_not_found", "allowed_account_id is no account of yours");
            accountId = id;
        }
        if (await keys.MakeAsync(user.Id, wanted, accountId, http.RequestAborted) is not var (key, row))
            return ApiErrors.Forbidden("key_limit_exceeded", $"you have {AccessLimits.MaxKeysPerUser} keys; revoke one first");
        await audit.WriteAsync(new AuditLine(user.Id, accountId, http.Actor(), "access.key_made", row.Id.ToString(), "done"), http.RequestAborted);
        return TypedResults.Json(new ApiKeyAnswer(true, ApiKeyJson.Of(row, key)), statusCode: 201);
    }

    private static async Task<IResult> RevokeAsync(string id, HttpContext http, ApiKeys keys, IAuditLog audit)
    {
        var user = http.CurrentUser();
        if (!Guid.TryParse(id, out var keyId) || !await keys.RevokeAsync(keyId, user.Id, http.RequestAborted)) return ApiErrors.NotFound("key_not_found", "there is no such key");
        await audit.WriteAsync(new AuditLine(user.Id, null, http.Actor(), "access.key_revoked", id, "done"), http.RequestAborted);
        return TypedResults.Ok(DoneAnswer.Instance);
    }
}
