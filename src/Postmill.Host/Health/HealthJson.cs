using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Postmill.Host.Health;

/// <summary><c>{"status":"ok","checks":{"database":"ok"}}</c>: names and words, no addresses, versions or exceptions.</summary>
internal static class HealthJson
{
    public static async Task WriteAsync(HttpContext http, HealthReport report)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", report.Status == HealthStatus.Unhealthy ? "unavailable" : "ok");
        json.WriteStartObject("checks");
        foreach (var (name, entry) in report.Entries)
            json.WriteString(name, entry.Description ?? (entry.Status == HealthStatus.Healthy ? "ok" : "unavailable"));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
