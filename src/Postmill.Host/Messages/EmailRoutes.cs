using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Host.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>Lists of mail, one mail, its body and its parts: metadata and text. Bytes are served by <see cref="ContentRoutes"/>.</summary>
internal static class EmailRoutes
{
    public static async Task<IResult> ListAsync(HttpContext http, string accountId, EmailQueries emails)
    {
        var asked = Page.Read(http.Request);
        if (asked.IsRefused) return asked.Refusal;
        var filter = EmailFilterQuery.Read(http.Request);
        if (filter.IsRefused) return filter.Refusal;
        var page = asked.Value;
        EmailPosition? below = null;
        if (page.Cursor is { } cursor && !EmailPosition.TryParse(cursor, out below)) return ApiErrors.BadRequest("cursor", "must be a cursor that this list has given");
        if (!Guid.TryParse(accountId, out var account)) return ApiErrors.NotFound();
        var found = await emails.ListAsync(http.CurrentUser().Id, account, filter.Value, below, page.Limit, page.Offset, http.RequestAborted);
        if (found is null) return ApiErrors.NotFound();
        var next = found is { More: true, Emails: [.., var last] } ? PageCursor.Encode(new EmailPosition(last.ReceivedAt, last.Id).ToString()) : null;
        return Results.Json(new EmailListAnswer([.. found.Emails.Select(EmailMessage.Of)], next));
    }

    public static async Task<IResult> OneAsync(HttpContext http, EmailQueries emails) =>
        EmailPath.Read(http) is { } path && await emails.FindAsync(path, http.RequestAborted) is { } email ? EmailTag.Answer(http, EmailMessage.Of(email)) : ApiErrors.NotFound();

    public static async Task<IResult> BodyAsync(HttpContext http, PartQueries parts, BodyReader bodies)
    {
        if (EmailPath.Read(http) is not { } path || await parts.FindAsync(path, ordinal: null, http.RequestAborted) is not { } mail) return ApiErrors.NotFound();
        return await bodies.ReadAsync(mail, http.RequestAborted) is { } body
            ? Results.Json(new BodyAnswer(new EmailBody(body.Text, body.Html, body.Headers)))
            : ContentRoutes.OutOfSync();
    }

    public static async Task<IResult> PartsAsync(HttpContext http, PartQueries parts) =>
        EmailPath.Read(http) is { } path && await parts.FindAsync(path, ordinal: null, http.RequestAborted) is { } mail
            ? Results.Json(new PartListAnswer([.. mail.Parts.Select(EmailPart.Of)]))
            : ApiErrors.NotFound();
}
