using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Postmill.Adapters.Postgres.Access;
using Postmill.Domain.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Access;

/// <summary><c>/api/auth</c>: sign up, in and out, and who am I.</summary>
internal static class AuthRoutes
{
    public static void MapAuth(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/api/auth").WithTags("Access");
        auth.MapPost("/sign-up", SignUpAsync).RequireNothing().WithSummary("Create a user and sign in; the first user of an installation is admin")
            .Accepts<Credentials>("application/json").Produces<SignedInAnswer>(201).ProducesErrors(400, 403, 409, 429);
        auth.MapPost("/sign-in", SignInAsync).RequireNothing().WithSummary("Open a session")
            .Accepts<Credentials>("application/json").Produces<SignedInAnswer>().ProducesErrors(400, 401, 403, 429);
        auth.MapPost("/sign-out", SignOutAsync).RequireSession(Role.View).WithSummary("Close the session").Produces<DoneAnswer>();
        auth.MapGet("/me", Me).RequireSession(Role.View).WithSummary("The signed-in user").Produces<UserAnswer>();
        routes.MapGet("/api/me", Me).RequireSession(Role.View).WithTags("Access").WithSummary("The signed-in user (alias of /api/auth/me)").Produces<UserAnswer>();
    }

    private static async Task<IResult> SignUpAsync(HttpContext http, UserRows users, Passwords passwords, Sessions sessions, AccessSettings settings, IAuditLog audit)
    {
        var body = await JsonBody.ReadAsync<Credentials>(http);
        if (body.IsRefused) return body.Refusal;
        var wanted = body.Value;
        if (wanted.CheckNew() is { Any: true } errors) return ApiErrors.BadRequest(errors);
        if (!settings.OpenSignUp && await users.AnyAsync(http.RequestAborted)) return ApiErrors.Forbidden("sign_up_closed", "new users cannot sign up here");
        if (await passwords.HashAsync(wanted.Password!, http.RequestAborted) is not { } hash) return Busy();
        var user = await users.InsertAsync(wanted.Address, wanted.Key, hash, settings.SignUpRole, settings.OpenSignUp, http.RequestAborted);
        if (user is null) return ApiErrors.Conflict("email_taken", "there is a user with this address");
        await audit.WriteAsync(new AuditLine(user.Id, null, $"user:{user.Id}", "access.sign_up", user.Email, "done"), http.RequestAborted);
        return await OpenAsync(http, sessions, user, 201);
    }

    private static async Task<IResult> SignInAsync(HttpContext http, UserRows users, Passwords passwords, Sessions sessions, SignInGuard guard, IAuditLog audit)
    {
        var body = await JsonBody.ReadAsync<Credentials>(http);
        if (body.IsRefused) return body.Refusal;
        var given = body.Value;
        var from = http.Connection.RemoteIpAddress;
        if (guard.Wait(given.Key, from) is { } wait) return ApiErrors.TooMany(wait, "too many failed sign-ins, try again later");
        var user = await users.FindByEmailAsync(given.Key, http.RequestAborted);
        var verdict = await passwords.CheckAsync(user?.PasswordHash, given.Password!, http.RequestAborted);
        if (verdict is null) return Busy();
        if (user is null || verdict == PasswordVerificationResult.Failed)
        {
            guard.Failed(given.Key, from);
            await audit.WriteAsync(new AuditLine(user?.Id, null, "anonymous", "access.sign_in", given.Key, "bad_credentials"), http.RequestAborted);
            return new ApiError(401, "bad_credentials", "address or password is wrong");
        }
        guard.Succeeded(given.Key, from);
        if (verdict == PasswordVerificationResult.SuccessRehashNeeded && await passwords.HashAsync(given.Password!, http.RequestAborted) is { } renewed)
            await users.UpdatePasswordAsync(user.Id, renewed, http.RequestAborted);
        return await OpenAsync(http, sessions, user, 200);
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, Sessions sessions)
    {
        string[] tokens = PresentedKey.Bearer(http.Request) is { } bearer ? [bearer] : [.. SessionCookies.Read(http.Request)];
        foreach (var token in tokens) await sessions.CloseAsync(token, http.RequestAborted);
        SessionCookies.Clear(http);
        return TypedResults.Ok(DoneAnswer.Instance);
    }

    private static Ok<UserAnswer> Me(HttpContext http) => TypedResults.Ok(new UserAnswer(true, UserJson.Of(http.CurrentUser())));

    private static async Task<IResult> OpenAsync(HttpContext http, Sessions sessions, UserRow user, int status)
    {
        var session = await sessions.OpenAsync(user.Id, http.RequestAborted);
        SessionCookies.Set(http, session.Token, session.ExpiresAt);
        return TypedResults.Json(new SignedInAnswer(true, new UserJson(user.Id, user.Email, user.Role.ToName()), session.Token, session.ExpiresAt), statusCode: status);
    }

    private static ApiError Busy() => ApiErrors.TooMany(TimeSpan.FromSeconds(2), "too many sign-ins at once, try again");
}
