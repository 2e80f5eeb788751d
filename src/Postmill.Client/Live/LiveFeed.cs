using System.Runtime.CompilerServices;

namespace Postmill.Client;

/// <summary><c>/mail/ws/inbox</c>.</summary>
public sealed class LiveFeed
{
    private readonly HttpClient _http;
    private readonly Uri _base;
    private readonly PostmillClientOptions _options;

    internal LiveFeed(HttpClient http, Uri service, PostmillClientOptions options)
    {
        _http = http;
        _base = service;
        _options = options;
    }

    /// <summary>
    /// The user's events in their order, none twice and none left out: a lost connection is opened again, for as long as it takes, and goes on after the last event
    /// that was handed out. Events are fetched as they are consumed; a slow consumer costs no memory. Ends when the service closes normally; throws when the first
    /// connection fails, when the key does not hold (<see cref="PostmillException.CloseCode"/> 4401) or may not hear the inbox (4403).
    /// </summary>
    /// <param name="after">The last event that is known already, 0 for all that the service still has; null: from now on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidOperationException">There is no <see cref="PostmillClientOptions.ApiKey"/>.</exception>
    public IAsyncEnumerable<LiveEvent> FollowAsync(long? after = null, CancellationToken cancellationToken = default)
    {
        if (after is { } seq) ArgumentOutOfRangeException.ThrowIfNegative(seq, nameof(after));
        var key = _options.ApiKey ?? throw new InvalidOperationException($"{nameof(PostmillClientOptions)}.{nameof(PostmillClientOptions.ApiKey)} is needed to follow events");
        return EventsAsync(key, after, cancellationToken);
    }

    private async IAsyncEnumerable<LiveEvent> EventsAsync(string key, long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var line = new LiveLine(_http, Address(), key, after, _options);
        await using (line.ConfigureAwait(false))
        {
            while (await line.NextAsync(cancellationToken).ConfigureAwait(false) is { } next) yield return next;
        }
    }

    private Uri Address() => new UriBuilder(new Uri(_base, "mail/ws/inbox")) { Scheme = _base.Scheme == "https" ? "wss" : "ws" }.Uri;
}
