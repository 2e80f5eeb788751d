using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Postmill.Client.Http;

/// <summary>One request and its answer: the session's header, limits, errors in one shape, and a bounded number of repeats where a repeat is harmless.</summary>
internal sealed class ApiWire
{
    private readonly HttpClient _http;
    private readonly PostmillClientOptions _options;

    public ApiWire(HttpClient http, PostmillClientOptions options)
    {
        _http = http;
        _options = options;
        Session = options.Session;
        if (http.BaseAddress is not { IsAbsoluteUri: true, Scheme: "http" or "https" } address)
            throw new ArgumentException("BaseAddress must be the service's http or https address", nameof(http));
        // Relative addresses replace the last segment unless it ends with a slash.
        Base = address.AbsolutePath.EndsWith('/') ? address : new UriBuilder(address) { Path = address.AbsolutePath + "/" }.Uri;
    }

    public Uri Base { get; }

    public PostmillClientOptions Options => _options;

    /// <summary>The session's token.</summary>
    public string? Session
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    public Task<T> SendAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        ReadAsync(method, path, static () => null, answer, cancellationToken);

    public Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken) =>
        ReadAsync(method, path, () => JsonBody(body, bodyType), answer, cancellationToken);

    /// <summary>An answer of success with its body still to be read; the caller disposes it.</summary>
    /// <param name="prepare">Adds what the request needs beyond the session.</param>
    /// <param name="method">GET, or what else.</param>
    /// <param name="path">Below <see cref="Base"/>.</param>
    /// <param name="cancellationToken">The caller's, and the time for it.</param>
    public async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, Action<HttpRequestMessage> prepare, CancellationToken cancellationToken)
    {
        for (var repeats = 0; ; repeats++)
        {
            var answer = await SendOnceAsync(method, path, prepare, cancellationToken).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return answer;
            PostmillException refusal;
            using (answer) refusal = await Refusals.ReadAsync(answer, _options.Clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            if (repeats >= _options.Repeats || !MayRepeat(method) || !Refusals.IsForNow(refusal.Status)) throw refusal;
            if (refusal.RetryAfter is not { } wait || wait > _options.LongestRetryAfter) throw refusal;
            await Task.Delay(wait, _options.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs what has a time limit of its own, and tells its end from the caller's cancellation.</summary>
    public async Task<T> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(limit, _options.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, cancellationToken);
        try
        {
            return await work(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Ours, or the HttpClient's own limit.
            throw new PostmillException("timeout", "the service did not answer in time; whether it did what was asked is not known", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new PostmillException("connection_lost", "the connection was lost before the whole answer was there", e);
        }
    }

    // PATCH and POST may have happened; these may happen twice.
    private static bool MayRepeat(HttpMethod method) => method == HttpMethod.Get || method == HttpMethod.Head || method == HttpMethod.Delete || method == HttpMethod.Put;

    private static ByteArrayContent JsonBody<T>(T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private Task<T> ReadAsync<T>(HttpMethod method, string path, Func<HttpContent?> body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        // The waits of Retry-After are bounded by themselves and count as time for the answer only in part.
        var limit = _options.AnswerTime + _options.Repeats * _options.LongestRetryAfter;
        return WithinAsync(limit, async within =>
        {
            using var answer = await OpenAsync(method, path, request => request.Content = body(), within).ConfigureAwait(false);
            return await ParseAsync(answer.Content, type, within).ConfigureAwait(false);
        }, cancellationToken);
    }

    private async Task<T> ParseAsync<T>(HttpContent content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            var body = new LimitedStream(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), _options.AnswerBytes);
            await using (body.ConfigureAwait(false))
            {
                return await JsonSerializer.DeserializeAsync(body, type, cancellationToken).ConfigureAwait(false)
                    ?? throw new PostmillException("bad_answer", "the service answered null");
            }
        }
        catch (LimitedStream.TooLongException e)
        {
            throw new PostmillException("answer_too_large", $"the answer is longer than {_options.AnswerBytes} bytes ({nameof(PostmillClientOptions.AnswerBytes)})", e);
        }
        catch (JsonException e)
        {
            throw new PostmillException("bad_answer", $"the answer is not what this client understands, at {e.Path ?? "its beginning"}", e);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string path, Action<HttpRequestMessage> prepare, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(Base, path));
        if (Session is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        prepare(request);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new PostmillException("unreachable", $"{Base} cannot be reached: {e.Message}", e);
        }
    }
}
