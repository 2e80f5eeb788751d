using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;

namespace Postmill.Host.Telemetry;

/// <summary>Says when the collector goes away and when it is back, each once; the library itself says nothing. Exports come one after the other.</summary>
internal sealed class WatchedExporter(OtlpExporterOptions options, Action away, Action back) : OtlpMetricExporter(options)
{
    private bool _away;

    public override ExportResult Export(in Batch<Metric> metrics)
    {
        var result = base.Export(metrics);
        var failed = result == ExportResult.Failure;
        if (failed != _away) (failed ? away : back)();
        _away = failed;
        return result;
    }
}
