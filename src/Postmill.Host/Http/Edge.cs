using System.Data.Common;
using Orleans.Runtime;
using Orleans.Runtime.Messaging;
using Postmill.Grains;
using Postmill.Grains.Accounts;
using Postmill.Host.Health;
using Postmill.Host.Http.Rates;

namespace Postmill.Host.Http;

/// <summary>
/// The outermost middleware: whatever goes wrong inside becomes one envelope, without a stack trace (STYLE 8). It also clothes the empty answers
/// that routing gives (404, 405).
/// </summary>
internal sealed partial class Edge(RequestDelegate next, Startup startup, ILogger<Edge> logger)
{
    public async Task InvokeAsync(HttpContext http)
    {
        SetHeaders(http);
        if (Closed(http.Request.Path) is { } closed)
        {
            await closed.ExecuteAsync(http);
            return;
        }
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // the client is gone; nobody is left to answer
        }
        catch (Exception e)
        {
            await FoldAsync(http, e);
            return;
        }
        if (Undressed(http) is not { } error) return;
        http.Response.ContentLength = null;
        http.Response.Headers.ContentDisposition = default;
        HeadOfGet.Announce(http.Response.Headers);
        await error.ExecuteAsync(http);
    }

    private static void SetHeaders(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (IsApi(http.Request.Path)) headers.CacheControl = "no-store";
        http.Features.Get<RateTicket>()?.WriteTo(headers); // a fault has cleared what stood there
    }

    private ApiError? Closed(PathString path) => startup.Phase switch
    {
        StartupPhase.Ready or StartupPhase.Draining => null,
        _ => path.StartsWithSegments("/health") ? null : ApiErrors.Starting(),
    };

    private async Task FoldAsync(HttpContext http, Exception e)
    {
        if (http.Response.HasStarted)
        {
            // Too late for an envelope. A cut connection is the one honest sign that the answer is not whole.
            LogCut(e, http.Request.Method, http.Request.Path);
            http.Abort();
            return;
        }
        var error = Fold(e);
        if (error.Status == 500) LogFailed(e, http.Request.Method, http.Request.Path);
        else if (error.Status > 500) LogUnavailable(http.Request.Method, http.Request.Path, error.Code, e.Message);
        http.Response.Clear();
        SetHeaders(http);
        await error.ExecuteAsync(http);
    }

    private ApiError Fold(Exception e) => e switch
    {
        BadHttpRequestException { StatusCode: 413 } => ApiErrors.TooLarge(),
        BadHttpRequestException { StatusCode: 408 } => ApiErrors.RequestTimeout(),
        BadHttpRequestException { StatusCode: 415 } => ApiErrors.NotJson(),
        BadHttpRequestException => ApiErrors.Refused("bad_request", "the request could not be read"),
        DbException db when StorageFaults.IsAway(db) => ApiErrors.StorageUnavailable(),
        StorageFaultException { IsAway: true } => ApiErrors.StorageUnavailable(),
        // What Orleans says when a silo is gone, or on its way; what became of the call nobody can tell.
        SiloUnavailableException or ConnectionFailedException or OrleansMessageRejectionException =>
            startup.Phase == StartupPhase.Draining ? ApiErrors.Draining() : ApiErrors.Unreachable(),
        OwnershipHeldException => ApiErrors.Moving(),
        LimitExceededException => ApiErrors.TooMany(TimeSpan.FromSeconds(1), "too many requests wait for this account"),
        TimeoutException => ApiErrors.Timeout(),
        _ => ApiErrors.Internal(),
    };

    private static ApiError? Undressed(HttpContext http)
    {
        var response = http.Response;
        if (response.HasStarted || response.ContentLength is > 0) return null;
        // What serves ranges says the type of the content that it then does not send.
        if (response.ContentType is not null && response.StatusCode is not (412 or 416)) return null;
        return response.StatusCode switch
        {
            404 => ApiErrors.NotFound("not_found", "there is no such route"),
            405 => ApiErrors.MethodNotAllowed(),
            415 => ApiErrors.NotJson(),
            412 => ApiErrors.PreconditionFailed(),
            416 => ApiErrors.RangeNotSatisfiable(),
            400 => ApiErrors.Refused("bad_request", "the request could not be read"),
            _ => null,
        };
    }

    private static bool IsApi(PathString path) => path.StartsWithSegments("/api") || path.StartsWithSegments("/mail") || path.StartsWithSegments("/ws");

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(Exception e, string method, string? path);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed in the middle of its answer; connection cut")]
    private partial void LogCut(Exception e, string method, string? path);

    [LoggerMessage(LogLevel.Warning, "{Method} {Path} answered {Code}: {Reason}")]
    private partial void LogUnavailable(string method, string? path, string code, string reason);
}
