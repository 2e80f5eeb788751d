using Microsoft.AspNetCore.Http.HttpResults;
using Postmill.Adapters.Postgres.Accounts;
using Postmill.Domain.Access;
using Postmill.Domain.Jobs;
using Postmill.Domain.Sending;
using Postmill.Grains.Sending;
using Postmill.Host.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Sending;

/// <summary><c>POST /api/v1/send</c>: sent while the caller waits, and queued where the mail server does not take it now.</summary>
internal static class KeySendRoutes
{
    public static void MapKeySend(this IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/send", SendAsync)
        .RequireApiKey(ApiKeyScopes.Send).WithTags("Sending")
        .WithSummary("Send a mail; 200 once the mail server accepted it, 202 when it goes later").WithDescription(SendRequest.Repeats)
        .Accepts<SendByKey>("application/json").Produces<SentAnswer>().Produces<SendQueuedAnswer>(202).ProducesErrors(400, 403, 409, 413, 422, 502)
        .WithBodyLimit(SendingLimits.BodyBytes);

    private static async Task<IResult> SendAsync(HttpContext http, SendDesk desk, IOutgoingBook book, AccountQueries accounts)
    {
        var request = await SendRequest<SendByKey>.ReadAsync(http);
        if (request.IsRefused) return request.Refusal;
        var (body, fingerprint, headerKey) = request.Value;
        var key = http.ApiKey();
        var account = await accounts.FindAsync(key.UserId, body.From!.Addresses[0].Email, http.RequestAborted);
        if (account is null || !key.MayUse(account.Id)) return SendRefusals.FromNotAllowed();
        var outcome = await desk.SendAsync(key.UserId, account.Id, body.ToDraft(account.Email, headerKey, fingerprint), http.Actor(), http.RequestAborted);
        if (outcome is not SendOutcome.Done done) return outcome is SendOutcome.NotFound ? SendRefusals.FromNotAllowed() : SendRefusals.Of(outcome, field => field);
        return done.Job.State == JobState.Succeeded ? Sent(done, null) : await UnsentAsync(key.UserId, done, book, http.RequestAborted);
    }

    private static Ok<SentAnswer> Sent(SendOutcome.Done done, IReadOnlyList<RefusedRecipientJson>? refused) =>
        TypedResults.Ok(new SentAnswer(true, done.MessageId, "smtp", done.Job.EndedAt ?? done.Job.UpdatedAt, done.IsRepeat ? true : null, refused));

    /// <summary>Some recipients may have it nevertheless: then it was accepted, and who was left out is named.</summary>
    private static async Task<IResult> UnsentAsync(Guid userId, SendOutcome.Done done, IOutgoingBook book, CancellationToken cancellationToken)
    {
        var recipients = (await book.RecipientsAsync(userId, done.Job.Id, cancellationToken) ?? []).Select(view => view.Recipient).ToList();
        if (recipients.Exists(r => r.State == RecipientState.Sent))
            return Sent(done, [.. recipients.Where(r => r.State != RecipientState.Sent).Select(r => new RefusedRecipientJson(r.Address, r.Code, r.Text))]);
        return done.Job.State switch
        {
            JobState.Queued or JobState.Running or JobState.Retrying => TypedResults.Json(
                new SendQueuedAnswer(false, true, Why(done.Job), done.MessageId, done.Job.LastErrorCode, done.Job.NextRunAt, done.IsRepeat ? true : null), statusCode: StatusCodes.Status202Accepted),
            JobState.Cancelled or JobState.Resolved => ApiErrors.Conflict("send_cancelled", "this mail was cancelled; it is not sent"),
            JobState.Uncertain => ApiErrors.MailServer(
                "smtp_outcome_unknown", "the connection was lost after the mail: nobody can tell whether it was accepted, and it is not sent again without being asked"),
            _ => Failed(done.Job.LastErrorCode ?? SendFailure.Rejected, done.Job.LastErrorDetail ?? "the mail server refused the mail"),
        };
    }

    private static ApiError Failed(string code, string text) => code switch
    {
        SendFailure.TooLarge => ApiErrors.MailTooLarge(text),
        SendFailure.NeedsUtf8 or SendFailure.Unsendable or SendFailure.Suppressed => ApiErrors.Unprocessable(code, text),
        _ => ApiErrors.MailServer(code, text),
    };

    private static string Why(Job job) => job.LastErrorDetail is { } detail
        ? $"the mail server did not take it now; it is tried again: {detail}"
        : "the mail waits for its turn and goes out by itself";
}
