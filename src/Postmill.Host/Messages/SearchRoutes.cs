using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Host.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary><c>POST /api/accounts/{id}/emails/search</c>: across all folders of the account.</summary>
internal static class SearchRoutes
{
    public static async Task<IResult> SearchAsync(HttpContext http, string accountId, SearchQueries search, SnippetTexts snippets)
    {
        var body = await JsonBody.ReadAsync(http, whenEmpty: new SearchEmails());
        if (body.IsRefused) return body.Refusal;
        var asked = body.Value;
        if (!Guid.TryParse(accountId, out var account)) return ApiErrors.NotFound();
        var query = asked.ToQuery(new FieldErrors());
        try
        {
            var found = await search.FindAsync(http.CurrentUser().Id, account, query, asked.Ranked, asked.Position(), asked.Limit ?? Page.DefaultLimit, http.RequestAborted);
            if (found is null) return ApiErrors.NotFound();
            var marked = await snippets.MarkAsync(found.Emails, query, http.RequestAborted);
            var next = found.Next is { } position ? PageCursor.Encode(position.ToString()) : null;
            return Results.Json(new EmailListAnswer([.. found.Emails.Select(email => EmailMessage.Of(email) with { SnippetHtml = marked[email.Id] })], next));
        }
        catch (SearchTooSlowException slow)
        {
            return ApiErrors.SearchTooSlow(slow.Message);
        }
    }
}
