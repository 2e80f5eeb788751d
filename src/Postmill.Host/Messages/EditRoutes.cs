using System.ComponentModel;
using System.Text.Json;
using Postmill.Adapters.Postgres.Messages.Editing;
using Postmill.Domain.Access;
using Postmill.Grains.Jobs;
using Postmill.Host.Access;
using Postmill.Host.Http;
using Postmill.Host.Jobs;

namespace Postmill.Host.Messages;

/// <summary>Edits of one record; with <c>?provider=true</c> also on the mail's server, as a task that is enqueued with the edit.</summary>
internal static class EditRoutes
{
    private const string Provider = "true: the mail server is told too, as a task; false, or left out: the record alone is edited.";

    public static async Task<IResult> ChangeAsync(HttpContext http, [Description(Provider)] string? provider, EmailEditor editor, JobDesk desk, IAuditLog audit)
    {
        if (!IsProvider(provider, out var onServer)) return NotBoolean();
        var body = await JsonBody.ReadAsync<ChangeEmail>(http);
        if (body.IsRefused) return body.Refusal;
        if (EmailPath.Read(http) is not { } path) return ApiErrors.NotFound();
        var change = body.Value.ToChange(new FieldErrors());
        if (onServer && !change.ConcernsServer)
            return ApiErrors.BadRequest("provider", "needs is_read, is_starred or folder with a value: a mail server knows nothing else of a mail that could be changed");
        var result = await editor.ChangeAsync(path, EmailTag.Condition(http.Request), change, onServer ? http.Actor() : null, http.RequestAborted);
        if (result is not EditResult.Done { Email: var email, Job: var job }) return Refusal(result);
        if (job is not null) await desk.TellAsync(job.AccountId);
        await WriteAsync(audit, http, email.AccountId, "email.changed", email.Id, JsonSerializer.Serialize(new { fields = change.Fields() }));
        return EmailTag.Answer(http, EmailMessage.Of(email), provider: EnqueuedJson.Of(job));
    }

    public static async Task<IResult> DeleteAsync(HttpContext http, [Description(Provider)] string? provider, EmailEditor editor, JobDesk desk, IAuditLog audit)
    {
        if (!IsProvider(provider, out var onServer)) return NotBoolean();
        if (EmailPath.Read(http) is not { } path) return ApiErrors.NotFound();
        var result = await editor.DeleteAsync(path, EmailTag.Condition(http.Request), onServer ? http.Actor() : null, http.RequestAborted);
        if (result is not EditResult.Done { Email: var email, Job: var job }) return Refusal(result);
        if (job is not null) await desk.TellAsync(job.AccountId);
        await WriteAsync(audit, http, email.AccountId, "email.deleted", email.Id, "{}");
        return TypedResults.Ok(new DeletedEmailAnswer(EnqueuedJson.Of(job)));
    }

    public static ApiError Refusal(EditResult result) => result switch
    {
        EditResult.NotThere => ApiErrors.NotFound(),
        EditResult.Changed => ApiErrors.PreconditionFailed(),
        EditResult.Disconnected => ApiErrors.Conflict("account_disconnected", "the account is disconnected: its server cannot be told; without provider=true the record alone is edited"),
        EditResult.NoSuchFolder => ApiErrors.BadRequest("folder", "is no folder of this account's server, or none that mail can be in"),
        EditResult.Exists => ApiErrors.Conflict("email_already_exists", "this account has a mail of this message_id already"),
        _ => throw new InvalidOperationException("EditResult is closed"),
    };

    private static bool IsProvider(string? given, out bool onServer)
    {
        onServer = given == "true";
        return given is null or "true" or "false";
    }

    private static ApiError NotBoolean() => ApiErrors.BadRequest("provider", "must be true or false");

    public static Task WriteAsync(IAuditLog audit, HttpContext http, Guid accountId, string action, Guid subject, string detail) =>
        audit.WriteAsync(new AuditLine(http.UserId(), accountId, http.Actor(), action, subject.ToString(), "done", detail), http.RequestAborted);
}
