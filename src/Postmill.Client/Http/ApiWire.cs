using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Postmill.Client.Http;

/// <summary>One request and its answer: the session's header, limits, errors in one shape, and a bounded number of repeats where a repeat is harmless.</summary>
internal sealed class ApiWire
{
    private const string Unreachable = "unreachable";
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
        ReadAsync(method, path, static () => null, key: null, answer, cancellationToken);

    public Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answer, CancellationToken cancellationToken) =>
        ReadAsync(method, path, () => JsonBody(body, bodyType), key: null, answer, cancellationToken);

    /// <summary>A POST that the service carries out once, however often it arrives: it is sent again also when nobody knows whether it arrived.</summary>
    /// <param name="key">Null: one for this call.</param>
    /// <param name="path">Below <see cref="Base"/>.</param>
    /// <param name="body">Written anew for each time.</param>
    /// <param name="bodyType">How.</param>
    /// <param name="answer">How it is read.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public Task<TAnswer> CreateAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answer, string? key, CancellationToken cancellationToken) =>
        ReadAsync(HttpMethod.Post, path, () => JsonBody(body, bodyType), RequestKey.Of(key), answer, cancellationToken);

    /// <inheritdoc cref="CreateAsync{TBody,TAnswer}(string,TBody,JsonTypeInfo{TBody},JsonTypeInfo{TAnswer},string?,CancellationToken)"/>
    public Task<TAnswer> CreateAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answer, string? key, CancellationToken cancellationToken) =>
        ReadAsync(HttpMethod.Post, path, static () => null, RequestKey.Of(key), answer, cancellationToken);

    /// <summary>An answer of success with its body still to be read; the caller disposes it.</summary>
    /// <param name="prepare">Adds what the request needs beyond the session.</param>
    /// <param name="method">GET, or what else.</param>
    /// <param name="path">Below <see cref="Base"/>.</param>
    /// <param name="cancellationToken">The caller's, and the time for it.</param>
    public Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, Action<HttpRequestMessage> prepare, CancellationToken cancellationToken) =>
        OpenAsync(method, path, prepare, MayRepeat(method), cancellationToken);

    private async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, Action<HttpRequestMessage> prepare, bool mayRepeat, CancellationToken cancellationToken)
    {
        for (var repeats = 0; ; repeats++)
        {
            var answer = await SendOnceAsync(method, path, prepare, cancellationToken).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return answer;
            PostmillException refusal;
            using (answer) refusal = await Refusals.ReadAsync(answer, _options.Clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            if (!mayRepeat || refusal.RetryAfter is not { } wait || wait > _options.LongestRetryAfter) throw refusal;
            // The same request is running, perhaps our own of before: its answer is worth all the time that there is.
            if (refusal.Code == Refusals.StillRunning) repeats--;
            else if (repeats >= _options.Repeats || !Refusals.IsForNow(refusal.Status)) throw refusal;
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

    private static bool IsLoss(Exception e) => e is IOException or HttpRequestException or PostmillException { Code: Unreachable };

    private static ByteArrayContent JsonBody<T>(T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private Task<T> ReadAsync<T>(HttpMethod method, string path, Func<HttpContent?> body, string? key, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        // The waits of Retry-After are bounded by themselves and count as time for the answer only in part.
        var limit = _options.AnswerTime + _options.Repeats * _options.LongestRetryAfter;
        return WithinAsync(limit, async within =>
        {
            for (var losses = 1; ; losses++)
            {
                try
                {
                    using var answer = await OpenAsync(method, path, Prepare, key is not null || MayRepeat(method), within).ConfigureAwait(false);
                    return await ParseAsync(answer.Content, type, within).ConfigureAwait(false);
                }
                catch (Exception e) when (key is not null && losses <= _options.Repeats && IsLoss(e))
                {
                    await Task.Delay(Backoff.After(losses), _options.Clock, within).ConfigureAwait(false);
                }
            }
        }, cancellationToken);

        void Prepare(HttpRequestMessage request)
        {
            request.Content = body();
            if (key is not null) request.Headers.Add(RequestKey.Header, key);
        }
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
        // What has a content, even an empty one, is not sent again by HttpClient itself when the other end closes without an answer.
        if (method == HttpMethod.Post) request.Content ??= new ByteArrayContent([]);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new PostmillException(Unreachable, $"{Base} cannot be reached: {e.Message}", e);
        }
    }
}
