using Postmill.Adapters.Postgres.Sending;
using Postmill.Grains.Sending;

namespace Postmill.Host.Sending;

/// <summary>The suppression list.</summary>
internal static class SuppressionsFace
{
    public static void AddSuppressions(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton<SuppressionList>()
        .AddSingleton<ISuppressionList>(provider => provider.GetRequiredService<SuppressionList>());

    public static void MapSuppressions(this WebApplication app) => app.MapSuppressionRoutes();
}
