using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Postmill.Host.Cluster;

namespace Postmill.Host.Telemetry;

/// <summary>The meters and activity sources of Orleans, of Postmill, of the runtime, the server and the database's driver, sent by OTLP.</summary>
internal static class TelemetryExport
{
    private const string Service = "postmill";

    private static readonly string[] Meters =
        ["Microsoft.Orleans", "Postmill*", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql"];

    private static readonly string[] Sources = ["Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application", "Npgsql"];

    public static void AddExport(this IServiceCollection services, TelemetrySettings settings)
    {
        var limit = settings.TimeoutSeconds * 1_000;
        services.AddSingleton<CollectorWatch>();
        services.AddHostedService<LastExport>(); // before the providers' own service: it stops after all that counts
        var telemetry = services.AddOpenTelemetry().ConfigureResource(Describe);
        telemetry.WithMetrics(metrics => metrics.AddMeter(Meters).AddReader(provider =>
        {
            var watch = provider.GetRequiredService<CollectorWatch>();
            return new PeriodicExportingMetricReader(new WatchedExporter(Options(settings.MetricsAddress()!, limit), watch.LogAway, watch.LogBack), settings.IntervalSeconds * 1_000, limit);
        }));
        if (settings.TraceRatio == 0) return;
        telemetry.WithTracing(traces => traces
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.TraceRatio)))
            .AddAspNetCoreInstrumentation(o => o.Filter = http => !http.Request.Path.StartsWithSegments("/health"))
            .AddSource(Sources)
            .AddProcessor(new BatchActivityExportProcessor(new OtlpTraceExporter(Options(settings.TracesAddress()!, limit)), exporterTimeoutMilliseconds: limit)));
    }

    private static OtlpExporterOptions Options(Uri address, int limit) =>
        new() { Endpoint = address, Protocol = OtlpExportProtocol.HttpProtobuf, TimeoutMilliseconds = limit };

    private static void Describe(ResourceBuilder resource) => resource.Clear().AddTelemetrySdk().AddDetector(provider =>
    {
        var cluster = provider.GetRequiredService<ClusterSettings>();
        return new Fixed(ResourceBuilder.CreateEmpty().AddService(
            Service, serviceNamespace: cluster.Name, serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3), autoGenerateServiceInstanceId: false, serviceInstanceId: cluster.NodeName).Build());
    });

    private sealed class Fixed(Resource resource) : IResourceDetector
    {
        public Resource Detect() => resource;
    }
}

/// <summary>Says when the collector goes away and when it is back.</summary>
internal sealed partial class CollectorWatch(ILogger<CollectorWatch> logger)
{
    [LoggerMessage(LogLevel.Information, "metrics go to {Address}")]
    public partial void LogBegan(Uri address);

    [LoggerMessage(LogLevel.Warning, "the collector of metrics (Postmill:Telemetry:OtlpEndpoint) does not take them; trying on in silence")]
    public partial void LogAway();

    [LoggerMessage(LogLevel.Information, "the collector takes metrics again")]
    public partial void LogBack();
}
