using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Postmill.Host.Http;

/// <summary>A whole request body in memory, within its route's limit.</summary>
internal static class RequestBytes
{
    /// <summary>Bytes above the limit that are read and dropped so that the client gets its 413.</summary>
    private const long StillRead = 8 * 1024 * 1024;

    /// <summary>Null when the body is above the route's limit.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpContext http)
    {
        var limit = RaiseServersLimit(http.Features.Get<IHttpMaxRequestBodySizeFeature>());
        if (http.Request.ContentLength > limit) return null;
        var reader = http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(http.RequestAborted);
            if (result.Buffer.Length > limit || result.IsCompleted)
            {
                var all = result.Buffer.Length > limit ? null : result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return all;
            }
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>The outermost middleware: a body that nobody wanted, because the request was refused before it was read, is dropped after the answer.</summary>
    public static Task DropRestAsync(HttpContext http, RequestDelegate next) =>
        http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } ? AnswerAndDropAsync(http, next) : next(http);

    private static async Task AnswerAndDropAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        RaiseServersLimit(http.Features.Get<IHttpMaxRequestBodySizeFeature>());
    }

    // The server's own refusal closes the connection under a client that is still sending, which then often sees a reset and not the answer. Ours comes
    // first, and the server reads what is still under way, up to its own limit.
    private static long RaiseServersLimit(IHttpMaxRequestBodySizeFeature? size)
    {
        var limit = size?.MaxRequestBodySize ?? long.MaxValue;
        if (size is { IsReadOnly: false } && limit < long.MaxValue - StillRead) size.MaxRequestBodySize = limit + StillRead;
        return limit;
    }
}
