using Postmill.Adapters.Postgres.Sending;

namespace Postmill.Host.Sending;

/// <summary>The suppression list.</summary>
internal static class SuppressionsFace
{
    public static void AddSuppressions(this WebApplicationBuilder builder) => builder.Services.AddSingleton<SuppressionList>();

    public static void MapSuppressions(this WebApplication app) => app.MapSuppressionRoutes();
}
