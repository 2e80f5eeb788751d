namespace Postmill.Host.Access;

/// <summary>
/// Tells a browser acting for another site. Browsers say so in Sec-Fetch-Site, older ones in Origin; a request with neither comes from no browser.
/// Only host and port of the Origin are compared: behind a proxy that ends TLS the scheme differs.
/// </summary>
internal static class SameOrigin
{
    public static bool Allows(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0) return site is "same-origin" or "none";
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0) return true;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri)) return false;
        var host = request.Host;
        // Without a port the host's default belongs to the Origin's scheme, not to ours.
        return uri.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase) && (host.Port is { } port ? uri.Port == port : uri.IsDefaultPort);
    }

    public static bool ChangesState(string method) => !(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method));
}
