using Postmill.Host.Access;

namespace Postmill.Host.Live;

/// <summary>A page of another site that rides on the session of a browser: WebSockets know no same-origin policy, so the server must look.</summary>
internal static class ForeignSession
{
    public static bool IsBehind(HttpRequest request) => SessionCookies.Read(request).Any() && !SameOrigin.Allows(request);
}
