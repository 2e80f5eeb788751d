using Postmill.Grains;
using Postmill.Grains.Sync;
using Postmill.Host.Cluster;
using Postmill.Host.Settings;

namespace Postmill.Host.Sync;

/// <summary>The schedule and the routes of the sync page (S0).</summary>
internal static class SyncFace
{
    public static void AddSync(this WebApplicationBuilder builder)
    {
        builder.AddSettings<SyncOptions>("Sync");
        if (builder.Cluster().Role != ClusterRole.Front) builder.Services.AddSyncSweeper();
    }

    public static void MapSync(this WebApplication app) => app.MapSyncRoutes();
}
