namespace Postmill.Host.Access;

/// <summary>The cookies a session may come in. We set the first; the others are what clients of the public pages already send.</summary>
internal static class SessionCookies
{
    public const string Own = "sb-access-token";
    private static readonly string[] Accepted = [Own, "__Secure-" + Own, "authjs.session-token", "__Secure-authjs.session-token"];

    public static IEnumerable<string> Read(HttpRequest request) =>
        Accepted.Select(name => request.Cookies[name]).OfType<string>().Where(token => token.Length > 0).Distinct();

    public static void Set(HttpContext http, string token, DateTimeOffset expiresAt) =>
        http.Response.Cookies.Append(Own, token, Options(http, expiresAt));

    public static void Clear(HttpContext http)
    {
        foreach (var name in Accepted.Where(n => n == Own || http.Request.Cookies.ContainsKey(n)))
            http.Response.Cookies.Delete(name, Options(http, null));
    }

    private static CookieOptions Options(HttpContext http, DateTimeOffset? expiresAt) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = http.Request.IsHttps,
        Path = "/",
        Expires = expiresAt,
        IsEssential = true,
    };
}
