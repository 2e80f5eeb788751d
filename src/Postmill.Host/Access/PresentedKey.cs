using Postmill.Host.Http;

namespace Postmill.Host.Access;

/// <summary>Where a request may carry an API key.</summary>
internal static class PresentedKey
{
    /// <summary><c>Authorization: Bearer …</c>, or null.</summary>
    public static string? Bearer(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;
    }

    /// <summary>For sockets, whose clients often cannot set headers: the header, else <c>?token=</c>. Not for REST.</summary>
    public static string? ForSocket(HttpRequest request) => Bearer(request) ?? request.HttpContext.Features.Get<QueryToken>()?.Value;
}
