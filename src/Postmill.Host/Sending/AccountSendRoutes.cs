using Postmill.Domain.Access;
using Postmill.Domain.Jobs;
using Postmill.Grains.Sending;
using Postmill.Host.Access;
using Postmill.Host.Accounts;
using Postmill.Host.Http;

namespace Postmill.Host.Sending;

/// <summary><c>POST /api/accounts/{id}/smtp/messages</c> (S4): stored, answered, sent later.</summary>
internal static class AccountSendRoutes
{
    public static void MapAccountSend(this IEndpointRouteBuilder routes) => routes.MapPost("/api/accounts/{id}/smtp/messages", EnqueueAsync)
        .RequireSession(Role.Send).WithTags("Sending")
        .WithSummary("Enqueue a mail; the answer comes before the mail server is asked").WithDescription(SendRequest.Repeats)
        .Accepts<SendMessage>("application/json").Produces<MailEnqueuedAnswer>(202).ProducesErrors(400, 403, 404, 409, 413, 422)
        .WithBodyLimit(SendingLimits.BodyBytes);

    private static async Task<IResult> EnqueueAsync(string id, HttpContext http, SendDesk desk, TimeProvider clock)
    {
        var request = await SendRequest<SendMessage>.ReadAsync(http);
        if (request.IsRefused) return request.Refusal;
        var (body, fingerprint, headerKey) = request.Value;
        if (!Guid.TryParse(id, out var account)) return AccountRoutes.NotFound();
        if (body.CredentialId is { } given && (!Guid.TryParse(given, out var credential) || credential != account))
            return ApiErrors.NotFound("credential_not_found", "there is no such credential of this account");
        if (body.SendAt > clock.GetUtcNow() + SendingLimits.Ahead) return ApiErrors.BadRequest("send_at", "must be within a year");
        var outcome = await desk.EnqueueAsync(http.UserId(), account, body.ToDraft(headerKey, fingerprint), http.Actor(), http.RequestAborted);
        if (outcome is not SendOutcome.Done { Job: var job } done) return SendRefusals.Of(outcome, SendRefusals.AccountField);
        var data = new MailEnqueuedJson(job.TaskId, job.Id, job.State.Word(), done.EmailId, done.MessageId);
        return TypedResults.Json(new MailEnqueuedAnswer(true, data, done.IsRepeat ? true : null), statusCode: StatusCodes.Status202Accepted);
    }
}
