using Postmill.Host.Settings;

namespace Postmill.Host.Telemetry;

/// <summary>Metrics and traces for a collector, when there is one.</summary>
internal static class TelemetryFace
{
    /// <summary>Before everything that counts: an up-down counter that began without a listener would be wrong for ever. It also ends last.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var settings = builder.AddSettings<TelemetrySettings>("Telemetry");
        if (settings.OtlpEndpoint.Length == 0) return;
        if (settings.MetricsAddress() is null)
            builder.RefuseSetting("Telemetry", nameof(TelemetrySettings.OtlpEndpoint), settings.OtlpEndpoint, "an http:// or https:// address without user and query, or nothing");
        else builder.Services.AddExport(settings);
    }
}
