using System.Text.Json.Serialization;
using Postmill.Domain.Access;
using Postmill.Domain.Jobs;
using Postmill.Grains.Jobs;
using Postmill.Host.Access;
using Postmill.Host.Accounts;
using Postmill.Host.Http;
using Postmill.Host.Http.Idempotency;

namespace Postmill.Host.Jobs;

/// <summary>Body of the two sync routes; may be left out. An account has one IMAP credential, whose id is the account's own.</summary>
internal sealed record EnqueueSync([property: JsonPropertyName("credential_id")] string? CredentialId);

/// <summary><c>POST /api/accounts/{id}/imap/…</c> (S4): enqueued, answered, done later.</summary>
internal static class EnqueueRoutes
{
    public static void MapEnqueue(this IEndpointRouteBuilder routes)
    {
        var imap = routes.MapGroup("/api/accounts/{id}/imap").RequireSession(Role.Edit).WithTags("Jobs");
        Map(imap.MapPost("/sync-mailboxes", (string id, HttpContext http, JobDesk desk) => SyncAsync(id, JobKinds.SyncMailboxes, http, desk)), "Enqueue a sync of the folder list");
        Map(imap.MapPost("/sync-messages", (string id, HttpContext http, JobDesk desk) => SyncAsync(id, JobKinds.SyncMessages, http, desk)), "Enqueue a sync of the account's mail");
    }

    /// <summary>202 with the ids, or the refusal.</summary>
    public static IResult Answer(JobOutcome outcome, Func<ApiError> notFound) => outcome switch
    {
        JobOutcome.Done { Job: var job } => TypedResults.Json(
            new EnqueuedAnswer(true, new EnqueuedJson(job.TaskId, job.Id, job.State.Word())), statusCode: StatusCodes.Status202Accepted),
        JobOutcome.NotFound => notFound(),
        JobOutcome.Refused { Refusal: var refusal } => ApiErrors.Conflict(refusal.Code, refusal.Text),
        _ => throw new InvalidOperationException("JobOutcome is closed"),
    };

    private static void Map(RouteHandlerBuilder route, string summary) =>
        route.WithSummary(summary).Accepts<EnqueueSync>("application/json").Produces<EnqueuedAnswer>(202).ProducesErrors(400, 404).WithIdempotency(AfterLoss.RunAgain);

    private static async Task<IResult> SyncAsync(string id, string kind, HttpContext http, JobDesk desk)
    {
        var body = await JsonBody.ReadAsync(http, whenEmpty: new EnqueueSync(null));
        if (body.IsRefused) return body.Refusal;
        if (!Guid.TryParse(id, out var accountId)) return AccountRoutes.NotFound();
        if (body.Value.CredentialId is { } given && (!Guid.TryParse(given, out var credential) || credential != accountId))
            return ApiErrors.NotFound("credential_not_found", "there is no such credential of this account");
        return Answer(await desk.EnqueueAsync(http.UserId(), accountId, kind, http.Actor(), http.RequestAborted), AccountRoutes.NotFound);
    }
}
