using Microsoft.AspNetCore.Http.Features;

namespace Postmill.Host.Http;

/// <summary>
/// Makes the context of each request without its <c>?token=</c>. This is the first of our code that a request meets: server, framework, traces
/// and every log after it see the shortened URL, so no log level and no exporter can give the token away.
/// </summary>
internal sealed class TokenHidingContextFactory(IServiceProvider services) : IHttpContextFactory
{
    private readonly DefaultHttpContextFactory _inner = new(services);

    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (featureCollection.Get<IHttpRequestFeature>() is { QueryString.Length: > 0 } request)
        {
            var (query, token) = QueryToken.Split(request.QueryString);
            if (token is not null)
            {
                request.QueryString = query;
                var path = request.RawTarget.IndexOf('?', StringComparison.Ordinal);
                request.RawTarget = (path < 0 ? request.RawTarget : request.RawTarget[..path]) + query;
                featureCollection.Set(token);
            }
        }
        return _inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => _inner.Dispose(httpContext);
}
