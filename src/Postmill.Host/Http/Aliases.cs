namespace Postmill.Host.Http;

/// <summary>The public pages name two hosts; one front end serves both spellings of their paths.</summary>
internal sealed class Aliases(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        var path = http.Request.Path;
        if (path.StartsWithSegments("/mail/v1", out var rest)) http.Request.Path = new PathString("/api/v1").Add(rest);
        else if (path.StartsWithSegments("/ws", out rest)) http.Request.Path = new PathString("/mail/ws").Add(rest);
        return next(http);
    }
}
