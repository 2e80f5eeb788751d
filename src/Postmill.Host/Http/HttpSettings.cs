using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Postmill.Host.Http;

/// <summary>Section <c>Postmill:Http</c>.</summary>
internal sealed class HttpSettings
{
    [Description("Largest request body in bytes; routes that take attachments have their own, larger limit.")]
    [Range(1_024, 104_857_600)]
    public long MaxBodyBytes { get; init; } = 1_048_576;

    [Description("Slowest request body in bytes per second that is waited for, after 5 s of grace.")]
    [Range(1, 1_000_000)]
    public int MinBodyBytesPerSecond { get; init; } = 240;

    [Description("Slowest reading of an answer in bytes per second, after 5 s of grace.")]
    [Range(1, 1_000_000)]
    public int MinAnswerBytesPerSecond { get; init; } = 240;

    [Description("Seconds within which the headers of a request must have arrived.")]
    [Range(1, 300)]
    public int HeadersTimeoutSeconds { get; init; } = 15;

    [Description("Open HTTP connections; the same number of WebSockets may be open beside them.")]
    [Range(10, 1_000_000)]
    public int MaxConnections { get; init; } = 20_000;

    [Description("Requests per minute of one session or API key, on each node; 0 is no limit.")]
    [Range(0, 10_000_000)]
    public int RequestsPerMinute { get; init; } = 6_000;

    [Description("Requests per minute of one address without a session or key (sign-up, sign-in, refused ones), on each node; 0 is no limit.")]
    [Range(0, 10_000_000)]
    public int RequestsPerMinutePerAddress { get; init; } = 1_200;

    [Description("Seconds between turning readiness off and refusing connections, for load balancers to notice.")]
    [Range(0, 60)]
    public int DrainDelaySeconds { get; init; }

    [Description("Seconds that running requests get to finish after that, before grains and their connections end.")]
    [Range(1, 35)]
    public int DrainTimeoutSeconds { get; init; } = 10;

    [Description("Comma-separated addresses and networks (10.0.0.0/8) of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.")]
    public string TrustedProxies { get; init; } = "";
}
