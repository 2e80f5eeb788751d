using Postmill.Adapters.Postgres.Http;
using Postmill.Host.Access;

namespace Postmill.Host.Http.Idempotency;

/// <summary>
/// Lets a request with an <c>Idempotency-Key</c> run once and gives its answer to every repeat. Behind <see cref="Admission"/>: keys are the user's, and a
/// request that may not be made is never looked up. What is promised: at most one run has an answer below 500 (429 aside), and it is the answer of all repeats.
/// </summary>
internal sealed partial class IdempotencyGate(RequestDelegate next, IdempotencyRows rows, TimeProvider clock, ILogger<IdempotencyGate> logger)
{
    public Task InvokeAsync(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<Idempotent>() is { } route && IdempotencyKey.IsPresent(http.Request) ? DecideAsync(http, route) : next(http);

    private async Task DecideAsync(HttpContext http, Idempotent route)
    {
        if (!IdempotencyKey.TryRead(http.Request, out var key))
        {
            await IdempotencyKey.Invalid().ExecuteAsync(http);
            return;
        }
        if (await RequestBytes.ReadAsync(http) is not { } body)
        {
            await ApiErrors.TooLarge().ExecuteAsync(http);
            return;
        }
        var run = new IdempotencyRun(http.UserId(), key, Guid.CreateVersion7());
        var now = clock.GetUtcNow();
        var claim = await rows.ClaimAsync(
            run, Fingerprint.Of(http.Request, body), now, IdempotencyLimits.Lease, IdempotencyLimits.Kept, route.AfterLoss == AfterLoss.RunAgain, http.RequestAborted);
        switch (claim)
        {
            case IdempotencyClaim.Run:
                using (var given = new MemoryStream(body, writable: false))
                {
                    http.Request.Body = given;
                    await RunAsync(http, route, run);
                }
                break;
            case IdempotencyClaim.Answered { Answer: { Body: not null } answer }:
                await ReplayAsync(http, answer);
                break;
            default:
                await Refusal(claim, now).ExecuteAsync(http);
                break;
        }
    }

    private static ApiError Refusal(IdempotencyClaim claim, DateTimeOffset now) => claim switch
    {
        IdempotencyClaim.Answered => ApiErrors.Conflict("idempotency_replayed_secret", "this request was carried out before; its answer is given once only"),
        IdempotencyClaim.Reused => ApiErrors.Conflict("idempotency_key_reused", "this Idempotency-Key belongs to another request"),
        IdempotencyClaim.Running { Until: var until } when until <= now =>
            ApiErrors.Conflict("idempotency_outcome_unknown", "this request was begun before and nobody knows how it ended; look, and use another Idempotency-Key to repeat it"),
        _ => new ApiError(StatusCodes.Status409Conflict, "idempotency_in_progress", "the same request is running") { RetryAfter = IdempotencyLimits.Retry },
    };

    private async Task RunAsync(HttpContext http, Idempotent route, IdempotencyRun run)
    {
        using var answer = new CapturedAnswer(http);
        var ended = false;
        try
        {
            await next(http);
            var kept = await answer.EndAsync(route.AnswerIsSecret);
            ended = kept.Status < 500;
            if (kept.Status == StatusCodes.Status429TooManyRequests) await WriteAsync(limit => rows.ForgetAsync(run, limit));
            else if (ended) await WriteAsync(limit => rows.KeepAsync(run, kept, limit));
        }
        finally
        {
            if (!ended) await GiveUpAsync(route, run);
        }
        await answer.SendAsync();
    }

    /// <summary>A fault, a 5xx, or a client that went away in the middle.</summary>
    private async Task GiveUpAsync(Idempotent route, IdempotencyRun run)
    {
        try
        {
            await WriteAsync(limit => route.AfterLoss == AfterLoss.RunAgain ? rows.ForgetAsync(run, limit) : rows.LoseAsync(run, clock.GetUtcNow(), limit));
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or OperationCanceledException)
        {
            LogLeft(e, run.Id); // the lease ends by itself; the first fault is the one to answer with
        }
    }

    // Not the client's token: he may be gone, and the run has happened.
    private async Task WriteAsync(Func<CancellationToken, Task> write)
    {
        using var limit = new CancellationTokenSource(IdempotencyLimits.KeepWithin, clock);
        await write(limit.Token);
    }

    private static async Task ReplayAsync(HttpContext http, KeptAnswer answer)
    {
        var response = http.Response;
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.Headers[IdempotencyKey.ReplayedHeader] = "true";
        if (answer.Body is { Length: > 0 } body) await response.Body.WriteAsync(body, http.RequestAborted);
    }

    [LoggerMessage(LogLevel.Warning, "run {Run} of a request with an Idempotency-Key could not be given up; its lease ends by itself")]
    private partial void LogLeft(Exception e, Guid run);
}
