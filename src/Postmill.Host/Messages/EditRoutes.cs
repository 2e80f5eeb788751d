using System.Text.Json;
using Postmill.Adapters.Postgres.Messages.Editing;
using Postmill.Domain.Access;
using Postmill.Host.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>Edits of one record. The server's mail stays as it is.</summary>
internal static class EditRoutes
{
    public static async Task<IResult> ChangeAsync(HttpContext http, EmailEditor editor, IAuditLog audit)
    {
        var body = await JsonBody.ReadAsync<ChangeEmail>(http);
        if (body.IsRefused) return body.Refusal;
        if (EmailPath.Read(http) is not { } path) return ApiErrors.NotFound();
        var change = body.Value.ToChange(new FieldErrors());
        var result = await editor.ChangeAsync(path, EmailTag.Condition(http.Request), change, http.RequestAborted);
        if (result is not EditResult.Done { Email: var email }) return Refusal(result);
        await WriteAsync(audit, http, email.AccountId, "email.changed", email.Id, JsonSerializer.Serialize(new { fields = change.Fields() }));
        return EmailTag.Answer(http, EmailMessage.Of(email));
    }

    public static async Task<IResult> DeleteAsync(HttpContext http, EmailEditor editor, IAuditLog audit)
    {
        if (EmailPath.Read(http) is not { } path) return ApiErrors.NotFound();
        var result = await editor.DeleteAsync(path, EmailTag.Condition(http.Request), http.RequestAborted);
        if (result is not EditResult.Done { Email: var email }) return Refusal(result);
        await WriteAsync(audit, http, email.AccountId, "email.deleted", email.Id, "{}");
        return TypedResults.Ok(DoneAnswer.Instance);
    }

    public static ApiError Refusal(EditResult result) => result switch
    {
        EditResult.NotThere => ApiErrors.NotFound(),
        EditResult.Changed => ApiErrors.PreconditionFailed(),
        EditResult.Exists => ApiErrors.Conflict("email_already_exists", "this account has a mail of this message_id already"),
        _ => throw new InvalidOperationException("EditResult is closed"),
    };

    public static Task WriteAsync(IAuditLog audit, HttpContext http, Guid accountId, string action, Guid subject, string detail) =>
        audit.WriteAsync(new AuditLine(http.UserId(), accountId, http.Actor(), action, subject.ToString(), "done", detail), http.RequestAborted);
}
