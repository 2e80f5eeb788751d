using Postmill.Host.Http;
using Postmill.Host.Http.Rates;

namespace Postmill.Host.Access;

/// <summary>
/// Asks each request for what its route demands, before anything of it is read. Keys open key routes only, sessions session routes only. Whoever was
/// recognized is counted as himself, everybody else by his address.
/// </summary>
internal sealed class Admission(RequestDelegate next, Sessions sessions, IApiKeys keys, RateLimits rates)
{
    private static readonly AccessRule Forgotten = new AccessRule.Session(Domain.Access.Role.Admin);

    public async Task InvokeAsync(HttpContext http)
    {
        var refusal = RuleOf(http) switch
        {
            AccessRule.Session rule => await AdmitSessionAsync(http, rule),
            AccessRule.Key rule => await AdmitKeyAsync(http, rule),
            AccessRule.Open => rates.CountAddress(http) ?? (SameOrigin.ChangesState(http.Request.Method) && !SameOrigin.Allows(http.Request) ? CrossOrigin() : null),
            _ => null,
        };
        if (refusal is null) await next(http);
        else await refusal.ExecuteAsync(http);
    }

    private static AccessRule? RuleOf(HttpContext http)
    {
        if (http.GetEndpoint() is not RouteEndpoint endpoint) return null;
        return endpoint.Metadata.GetMetadata<AccessRule>() ?? (http.Request.Path.StartsWithSegments("/api") ? Forgotten : null);
    }

    private async Task<ApiError?> AdmitSessionAsync(HttpContext http, AccessRule.Session rule)
    {
        // A header is a statement: when there is one, cookies are not looked at.
        var byHeader = http.Request.Headers.Authorization.Count > 0;
        var tokens = byHeader ? [PresentedKey.Bearer(http.Request) ?? ""] : SessionCookies.Read(http.Request);
        foreach (var token in tokens)
        {
            if (await sessions.AuthenticateAsync(token, http.RequestAborted) is not var (user, renewedUntil)) continue;
            if (rates.CountSession(http, token) is { } tooMany) return tooMany;
            if (!byHeader && SameOrigin.ChangesState(http.Request.Method) && !SameOrigin.Allows(http.Request)) return CrossOrigin();
            if (user.Role < rule.Role) return ApiErrors.Forbidden("role_insufficient", "your role does not allow this");
            http.Features.Set(user);
            if (renewedUntil is { } until && http.Request.Cookies[SessionCookies.Own] == token) SessionCookies.Set(http, token, until);
            return null;
        }
        return rates.CountAddress(http) ?? ApiErrors.Unauthorized();
    }

    private async Task<ApiError?> AdmitKeyAsync(HttpContext http, AccessRule.Key rule)
    {
        var presented = PresentedKey.Bearer(http.Request);
        if (presented is null || await keys.AuthenticateAsync(presented, http.RequestAborted) is not { } key)
            return rates.CountAddress(http) ?? ApiErrors.Unauthorized("a valid API key is required: Authorization: Bearer msk_…");
        if (rates.CountKey(http, key.KeyId) is { } tooMany) return tooMany;
        if (!key.Has(rule.Scope)) return ApiErrors.Forbidden("scope_missing", $"this API key lacks the scope {rule.Scope}");
        http.Features.Set(key);
        return null;
    }

    private static ApiError CrossOrigin() => ApiErrors.Forbidden("cross_origin", "this request comes from another site");
}
