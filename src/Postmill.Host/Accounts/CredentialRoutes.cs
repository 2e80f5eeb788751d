using Postmill.Domain.Access;
using Postmill.Grains.Accounts;
using Postmill.Host.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Accounts;

/// <summary><c>/api/accounts/{id}/credentials</c>: try what is stored, replace it.</summary>
internal static class CredentialRoutes
{
    public static void MapAccountCredentials(this IEndpointRouteBuilder routes)
    {
        var credentials = routes.MapGroup("/api/accounts/{id}/credentials").RequireSession(Role.Edit).WithTags("Accounts");
        credentials.MapPost("/test", TestAsync)
            .WithSummary("Log in to both servers with the stored credentials").Produces<CredentialsAnswer>().ProducesErrors(404);
        credentials.MapPost("/rotate", RotateAsync)
            .WithSummary("Replace user name and password; verified before anything is saved")
            .Accepts<RotateCredentials>("application/json").Produces<CredentialsAnswer>().ProducesErrors(400, 404);
    }

    /// <summary>400 with the server's reason; IMAP's when both failed.</summary>
    public static ApiError NotVerified(Verification verification) => verification.Imap is { } imap
        ? ApiErrors.Refused("imap_verification_failed", $"IMAP verification failed: {imap.Text}").With("reason", imap.Fault)
        : ApiErrors.Refused("smtp_verification_failed", $"SMTP verification failed: {verification.Smtp!.Text}").With("reason", verification.Smtp.Fault);

    private static async Task<IResult> TestAsync(string id, HttpContext http, AccountConnector connector) =>
        Guid.TryParse(id, out var accountId) && await connector.TestAsync(http.UserId(), accountId, http.RequestAborted) is { } tested
            ? TypedResults.Ok(CredentialsAnswer.Of(tested))
            : AccountRoutes.NotFound();

    private static async Task<IResult> RotateAsync(string id, HttpContext http, AccountConnector connector, IAuditLog audit)
    {
        var body = await JsonBody.ReadAsync<RotateCredentials>(http);
        if (body.IsRefused) return body.Refusal;
        if (!Guid.TryParse(id, out var accountId)) return AccountRoutes.NotFound();
        var verified = await connector.RotateAsync(http.UserId(), accountId, body.Value.Username, body.Value.Password!, http.RequestAborted);
        if (verified is null) return AccountRoutes.NotFound();
        if (!verified.Passed) return NotVerified(verified);
        await audit.WriteAsync(new AuditLine(http.UserId(), accountId, http.Actor(), "account.credentials_rotated", id, "done"), http.RequestAborted);
        return TypedResults.Ok(CredentialsAnswer.Of(verified));
    }
}
