using System.Text.Json;
using Postmill.Adapters.Postgres.Messages.Editing;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Domain.Access;
using Postmill.Host.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>Records of an account: one more, or many fewer. Nothing is sent, and the server's mail stays.</summary>
internal static class RecordRoutes
{
    public static async Task<IResult> CreateAsync(HttpContext http, string accountId, RecordWriter records, IAuditLog audit)
    {
        var body = await JsonBody.ReadAsync<CreateEmail>(http);
        if (body.IsRefused) return body.Refusal;
        if (!Guid.TryParse(accountId, out var account)) return ApiErrors.NotFound();
        var result = await records.CreateAsync(http.UserId(), account, body.Value.ToRecord(), http.RequestAborted);
        if (result is not EditResult.Done { Email: var email }) return EditRoutes.Refusal(result);
        await EditRoutes.WriteAsync(audit, http, account, "email.created", email.Id, "{}");
        return EmailTag.Answer(http, EmailMessage.Of(email), StatusCodes.Status201Created);
    }

    public static async Task<IResult> SearchDeleteAsync(HttpContext http, string accountId, SearchQueries search, EmailEraser eraser, IAuditLog audit)
    {
        var body = await JsonBody.ReadAsync<DeleteFound>(http);
        if (body.IsRefused) return body.Refusal;
        if (!Guid.TryParse(accountId, out var account)) return ApiErrors.NotFound();
        var limit = body.Value.Limit ?? EditingLimits.DeletedUnasked;
        try
        {
            var found = await search.FindIdsAsync(http.UserId(), account, body.Value.ToQuery(new FieldErrors()), limit + 1, http.RequestAborted);
            if (found is null) return ApiErrors.NotFound();
            var dry = body.Value.DryRun is true;
            var count = Math.Min(found.Count, limit);
            if (!dry)
            {
                var filter = JsonSerializer.Serialize(body.Value, ApiJson.Options);
                // Twice, so that a deletion that breaks off in the middle is on record too.
                await EditRoutes.WriteAsync(audit, http, account, "email.search_delete_begun", account, filter);
                count = await eraser.EraseAsync(account, [.. found.Take(limit)], http.RequestAborted);
                await EditRoutes.WriteAsync(audit, http, account, "email.search_delete", account, JsonSerializer.Serialize(new { deleted = count }));
            }

            return Results.Json(new DeletedAnswer(dry, count, found.Count > count));
        }
        catch (SearchTooSlowException slow)
        {
            return ApiErrors.SearchTooSlow(slow.Message);
        }
    }
}
