using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Postmill.Host.Telemetry;

/// <summary>Section <c>Postmill:Telemetry</c>.</summary>
internal sealed class TelemetrySettings
{
    private const string Signal = "v1/metrics";

    [Description("Where metrics go by OTLP (http/protobuf), for example http://collector:4318; v1/metrics is added. Empty: nowhere. Headers come from OTEL_EXPORTER_OTLP_HEADERS.")]
    public string OtlpEndpoint { get; init; } = "";

    [Description("Seconds between two exports of metrics.")]
    [Range(1, 3_600)]
    public int IntervalSeconds { get; init; } = 15;

    [Description("Seconds that one export may take, and that the last one may delay the end of the process.")]
    [Range(1, 60)]
    public int TimeoutSeconds { get; init; } = 5;

    /// <summary>The address of the signal; null when the setting is none.</summary>
    public Uri? MetricsAddress()
    {
        if (!Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var given) || given.Scheme is not ("http" or "https") || given.Query.Length > 0 || given.UserInfo.Length > 0) return null;
        var text = given.AbsoluteUri.TrimEnd('/');
        return new Uri(text.EndsWith(Signal, StringComparison.Ordinal) ? text : $"{text}/{Signal}");
    }
}
