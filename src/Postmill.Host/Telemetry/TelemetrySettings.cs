using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Postmill.Host.Telemetry;

/// <summary>Section <c>Postmill:Telemetry</c>.</summary>
internal sealed class TelemetrySettings
{
    private const string Metrics = "v1/metrics", Traces = "v1/traces";

    [Description("Where metrics and traces go by OTLP (http/protobuf), for example http://collector:4318; v1/metrics and v1/traces are added. Empty: nowhere. Headers come from OTEL_EXPORTER_OTLP_HEADERS.")]
    public string OtlpEndpoint { get; init; } = "";

    [Description("Seconds between two exports of metrics.")]
    [Range(1, 3_600)]
    public int IntervalSeconds { get; init; } = 15;

    [Description("Seconds that one export may take, and that the last one may delay the end of the process.")]
    [Range(1, 60)]
    public int TimeoutSeconds { get; init; } = 5;

    [Description("Share of requests whose calls are traced, from one silo to the next. 0: none.")]
    [Range(0.0, 1.0)]
    public double TraceRatio { get; init; } = 0.01;

    /// <summary>Null when the setting is no address.</summary>
    public Uri? MetricsAddress() => Address(Metrics);

    /// <summary>Null when the setting is no address.</summary>
    public Uri? TracesAddress() => Address(Traces);

    private Uri? Address(string signal)
    {
        if (!Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Query.Length > 0 || address.UserInfo.Length > 0) return null;
        var text = address.AbsoluteUri.TrimEnd('/');
        foreach (var given in new[] { Metrics, Traces }.Where(s => text.EndsWith($"/{s}", StringComparison.Ordinal))) text = text[..^(given.Length + 1)];
        return new Uri($"{text}/{signal}");
    }
}
