namespace Postmill.Host.Http;

/// <summary>
/// HEAD is answered wherever GET is (RFC 9110 §9.3.2): routing sees a GET, handlers see what was asked, and the server drops what they write as a body.
/// </summary>
internal sealed class HeadOfGet(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (HttpMethods.IsHead(http.Request.Method))
        {
            http.Features.Set(this);
            http.Request.Method = HttpMethods.Get;
        }
        return next(http);
    }

    /// <summary>Behind routing. Where there is no GET the answer is routing's own 405.</summary>
    public static Task RestoreAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<HeadOfGet>() is not null) http.Request.Method = HttpMethods.Head;
        return next(http);
    }

    /// <summary>Completes the <c>Allow</c> of routing's 405.</summary>
    public static void Announce(IHeaderDictionary headers)
    {
        if (headers.Allow.ToString() is { Length: > 0 } allow && allow.Split(", ").Contains(HttpMethods.Get) && !allow.Split(", ").Contains(HttpMethods.Head))
            headers.Allow = $"{allow}, {HttpMethods.Head}";
    }
}
