namespace Postmill.Client;

/// <summary>How a <see cref="PostmillClient"/> works. Secrets are in no text that this library makes.</summary>
public sealed record PostmillClientOptions
{
    /// <summary>The token of a session that is already open; <see cref="PostmillClient.SignInAsync"/> opens one.</summary>
    public string? Session { get; init; }

    /// <summary>An API key (<c>msk_…</c>) with the scope <c>read</c>; only <see cref="PostmillClient.Live"/> needs one.</summary>
    public string? ApiKey { get; init; }

    /// <summary>For waits and limits in time. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The longest time for one whole answer. The service itself may take 60 s for a sync. Contents have no such limit, see <see cref="Silence"/>.</summary>
    public TimeSpan AnswerTime { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long a download may bring nothing before it is taken up again.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of one JSON answer; a longer one is <c>answer_too_large</c>. The body of a mail is one. Default 64 MiB.</summary>
    public long AnswerBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// How often a request that may be repeated (GET, DELETE, a POST with an idempotency key) is sent again after 429 or 503 with <c>Retry-After</c>, and the POST also after a
    /// connection that was lost.
    /// </summary>
    public int Repeats { get; init; } = 3;

    /// <summary>The longest <c>Retry-After</c> that is waited for; above it the refusal is thrown at once.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Told whenever <see cref="LiveFeed.FollowAsync"/> loses its connection and goes on, before it waits.</summary>
    public Action<LiveInterruption>? LiveInterrupted { get; init; }

    /// <summary>Without the secrets.</summary>
    public override string ToString() => nameof(PostmillClientOptions);
}
