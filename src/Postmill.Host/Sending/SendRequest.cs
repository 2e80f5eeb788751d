using Postmill.Host.Http;
using Postmill.Host.Http.Idempotency;

namespace Postmill.Host.Sending;

internal static class SendRequest
{
    /// <summary>For the API's description of both routes.</summary>
    public const string Repeats =
        "`idempotency_key`, or the header `Idempotency-Key`: a repeat with the same key and body is told of the first mail, with `idempotent`, and sends nothing; 409 for another body.";
}

/// <summary>A body to send, with what tells it from another: its fingerprint, and the key of the header for bodies that name none.</summary>
internal sealed record SendRequest<T>(T Body, byte[] Fingerprint, string? HeaderKey) where T : class
{
    /// <remarks>The key is kept with the mail, not at the edge: a repeat is told what became of the mail, for as long as the mail is known.</remarks>
    public static async ValueTask<Bound<SendRequest<T>>> ReadAsync(HttpContext http)
    {
        string? key = null;
        if (IdempotencyKey.IsPresent(http.Request) && !IdempotencyKey.TryRead(http.Request, out key)) return IdempotencyKey.Invalid();
        if (await RequestBytes.ReadAsync(http) is not { } bytes) return ApiErrors.TooLarge();
        var body = JsonBody.Read<T>(http, bytes);
        return body.IsRefused ? body.Refusal : new SendRequest<T>(body.Value, Http.Idempotency.Fingerprint.Of(http.Request, bytes), key);
    }
}
