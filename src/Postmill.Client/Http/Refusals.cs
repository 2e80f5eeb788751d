using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Postmill.Client.Http;

/// <summary>From an answer that is no success to a <see cref="PostmillException"/>.</summary>
internal static class Refusals
{
    /// <param name="answer">Its body is read here, as far as it is needed.</param>
    /// <param name="now">For a <c>Retry-After</c> that is a date.</param>
    /// <param name="cancellationToken">Ends with the time for the whole answer.</param>
    public static async Task<PostmillException> ReadAsync(HttpResponseMessage answer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var said = await EnvelopeAsync(answer.Content, cancellationToken).ConfigureAwait(false);
        var status = (int)answer.StatusCode;
        var text = said?.Error is { Length: > 0 } error ? Line(error) : string.Create(CultureInfo.InvariantCulture, $"the service answered {status}");
        var code = said?.Code is { Length: > 0 } word ? Line(word) : string.Create(CultureInfo.InvariantCulture, $"http_{status}");
        return new PostmillException(code, text)
        {
            Status = answer.StatusCode,
            FieldErrors = said?.Details?.FieldErrors ?? [],
            RetryAfter = RetryAfter(answer.Headers.RetryAfter, now),
        };
    }

    /// <summary>409: a request with the same key has not ended yet.</summary>
    public const string StillRunning = "idempotency_in_progress";

    /// <summary>Whether the service says that it did nothing and may be asked again.</summary>
    public static bool IsForNow(HttpStatusCode? status) => status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;

    public static TimeSpan? RetryAfter(RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - now : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    /// <summary>A text of somebody else as part of a message: one line, without what could drive a terminal, and not endless.</summary>
    public static string Line(string text)
    {
        var line = text.Length > ClientLimits.ErrorText ? text[..ClientLimits.ErrorText] + "…" : text;
        return string.Create(line.Length, line, static (plain, source) =>
        {
            for (var i = 0; i < source.Length; i++) plain[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
    }

    private static async Task<ErrorAnswer?> EnvelopeAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            var body = new LimitedStream(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), ClientLimits.ErrorBytes);
            await using (body.ConfigureAwait(false))
                return await JsonSerializer.DeserializeAsync(body, ClientJson.Default.ErrorAnswer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or IOException or HttpRequestException)
        {
            return null; // the status says enough
        }
    }
}
