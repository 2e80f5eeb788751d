using Postmill.Adapters.Postgres.Jobs;
using Postmill.Grains;
using Postmill.Grains.Jobs;
using Postmill.Host.Cluster;
using Postmill.Host.Settings;

namespace Postmill.Host.Jobs;

/// <summary>Tasks, jobs and the log (S4).</summary>
internal static class JobsFace
{
    public static void AddJobs(this WebApplicationBuilder builder)
    {
        builder.AddSettings<JobOptions>("Jobs");
        builder.Services.AddJobStorage();
        if (builder.Cluster().Role == ClusterRole.Front) return;
        builder.Services.AddJobSweeper();
        builder.Services.AddJobRetention();
    }

    public static void MapJobs(this WebApplication app)
    {
        app.MapEnqueue();
        app.MapJobRoutes();
        app.MapLogRoutes();
    }
}
