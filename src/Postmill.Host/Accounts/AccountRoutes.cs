using Postmill.Adapters.Postgres.Accounts;
using Postmill.Domain.Access;
using Postmill.Grains.Accounts;
using Postmill.Host.Access;
using Postmill.Host.Http;
using Postmill.Host.Http.Idempotency;

namespace Postmill.Host.Accounts;

/// <summary><c>/api/accounts</c> (S1).</summary>
internal static class AccountRoutes
{
    public static void MapAccountList(this IEndpointRouteBuilder routes)
    {
        var accounts = routes.MapGroup("/api/accounts").WithTags("Accounts");
        accounts.MapGet("", ListAsync).RequireSession(Role.View)
            .WithSummary("List your connected accounts").Produces<AccountsAnswer>();
        accounts.MapPost("", ConnectAsync).RequireSession(Role.Edit)
            .WithSummary("Connect an account; IMAP and SMTP are verified by logging in before anything is saved")
            .Accepts<ConnectAccount>("application/json").Produces<ConnectedAnswer>(201).ProducesErrors(400, 403, 409).WithIdempotency(AfterLoss.RunAgain);
        accounts.MapPatch("/{id}", ChangeAsync).RequireSession(Role.Edit)
            .WithSummary("Change the display name or the limits of sending, or make this account the default one; the answer has an ETag of name and default, which If-Match may ask for")
            .Accepts<ChangeAccount>("application/json").Produces<AccountAnswer>().ProducesErrors(400, 404, 412);
        accounts.MapDelete("/{id}", DisconnectAsync).RequireSession(Role.Edit)
            .WithSummary("Disconnect an account; mail that was synced stays readable").Produces<DoneAnswer>().ProducesErrors(403, 404);
    }

    /// <summary>One answer for an account that is not there and for one of another user.</summary>
    public static ApiError NotFound() => ApiErrors.NotFound("account_not_found", "there is no such account");

    private static async Task<IResult> ListAsync(HttpContext http, AccountQueries accounts) =>
        TypedResults.Ok(new AccountsAnswer(true, [.. (await accounts.ListAsync(http.UserId(), http.RequestAborted)).Select(AccountJson.Of)]));

    private static async Task<IResult> ConnectAsync(HttpContext http, AccountConnector connector, IAuditLog audit)
    {
        var body = await JsonBody.ReadAsync<ConnectAccount>(http);
        if (body.IsRefused) return body.Refusal;
        var account = body.Value.ToAccount();
        switch (await connector.ConnectAsync(http.UserId(), account, http.RequestAborted))
        {
            case ConnectResult.Connected { AccountId: var id }:
                await audit.WriteAsync(new AuditLine(http.UserId(), id, http.Actor(), "account.connected", id.ToString(), "done"), http.RequestAborted);
                return TypedResults.Json(new ConnectedAnswer(true, new ConnectedJson(id, account.Email, "pending")), statusCode: StatusCodes.Status201Created);
            case ConnectResult.AlreadyConnected:
                return ApiErrors.Conflict("account_already_connected", "This email address is already connected");
            case ConnectResult.QuotaReached:
                return ApiErrors.Forbidden("plan_limit_exceeded", "Account quota reached for your plan");
            case ConnectResult.NotVerified { Verification: var verification }:
                return CredentialRoutes.NotVerified(verification);
            default:
                throw new InvalidOperationException("ConnectResult is closed");
        }
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, AccountConnector connector, AccountQueries accounts, IAuditLog audit)
    {
        var body = await JsonBody.ReadAsync<ChangeAccount>(http);
        if (body.IsRefused) return body.Refusal;
        if (!Guid.TryParse(id, out var accountId)) return NotFound();
        var (name, makeDefault, limits) = (body.Value.Name, body.Value.IsDefault is true, body.Value.SendingLimits?.ToLimits());
        var outcome = await connector.ChangeAsync(http.UserId(), accountId, name, makeDefault, limits, AccountTag.Condition(http.Request), http.RequestAborted);
        if (outcome == ChangeOutcome.Changed) return ApiErrors.PreconditionFailed();
        if (outcome == ChangeOutcome.NotThere || await accounts.FindAsync(http.UserId(), accountId, http.RequestAborted) is not { } account) return NotFound();
        await audit.WriteAsync(new AuditLine(http.UserId(), accountId, http.Actor(), "account.changed", id, "done"), http.RequestAborted);
        http.Response.Headers.ETag = AccountTag.Of(account.Name, account.IsDefault);
        return TypedResults.Ok(new AccountAnswer(true, AccountJson.Of(account)));
    }

    private static async Task<IResult> DisconnectAsync(string id, HttpContext http, AccountConnector connector, IAuditLog audit)
    {
        if (!Guid.TryParse(id, out var accountId) || !await connector.DisconnectAsync(http.UserId(), accountId, http.RequestAborted)) return NotFound();
        await audit.WriteAsync(new AuditLine(http.UserId(), accountId, http.Actor(), "account.disconnected", id, "done"), http.RequestAborted);
        return TypedResults.Ok(DoneAnswer.Instance);
    }
}
