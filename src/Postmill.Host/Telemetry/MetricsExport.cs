using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Postmill.Host.Cluster;

namespace Postmill.Host.Telemetry;

/// <summary>The meters of the engine, of Postmill, of the runtime and of the server, sent every so often by OTLP.</summary>
internal sealed partial class MetricsExport(TelemetrySettings settings, ClusterSettings cluster, ILogger<MetricsExport> logger) : IHostedService, IDisposable
{
    private const string Service = "postmill";

    private static readonly string[] Meters =
        ["Microsoft.Orleans", "Postmill*", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql"];

    private readonly int _limit = settings.TimeoutSeconds * 1_000;
    private MeterProvider? _provider;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var address = settings.MetricsAddress()!;
        var options = new OtlpExporterOptions { Endpoint = address, Protocol = OtlpExportProtocol.HttpProtobuf, TimeoutMilliseconds = _limit };
        var reader = new PeriodicExportingMetricReader(new WatchedExporter(options, LogAway, LogBack), settings.IntervalSeconds * 1_000, _limit);
        _provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService(
                Service, serviceNamespace: cluster.Name, serviceVersion: typeof(MetricsExport).Assembly.GetName().Version?.ToString(3), autoGenerateServiceInstanceId: false, serviceInstanceId: cluster.NodeName))
            .AddMeter(Meters)
            .AddReader(reader)
            .Build();
        LogBegan(address);
        return Task.CompletedTask;
    }

    // It blocks, for the last export; not on this thread.
    public Task StopAsync(CancellationToken cancellationToken) => _provider is { } provider ? Task.Run(() => provider.Shutdown(_limit), CancellationToken.None) : Task.CompletedTask;

    public void Dispose() => _provider?.Dispose();

    [LoggerMessage(LogLevel.Information, "metrics go to {Address}")]
    private partial void LogBegan(Uri address);

    [LoggerMessage(LogLevel.Warning, "the collector of metrics (Postmill:Telemetry:OtlpEndpoint) does not take them; trying on in silence")]
    private partial void LogAway();

    [LoggerMessage(LogLevel.Information, "the collector takes metrics again")]
    private partial void LogBack();
}
