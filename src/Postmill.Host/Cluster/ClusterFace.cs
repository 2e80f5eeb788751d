using Postmill.Adapters.Postgres.Cluster;
using Postmill.Domain.Access;
using Postmill.Grains.Accounts;
using Postmill.Host.Access;
using Postmill.Host.Http;

namespace Postmill.Host.Cluster;

/// <summary>What operators see of the cluster.</summary>
internal static class ClusterFace
{
    public static void AddClusterView(this WebApplicationBuilder builder) => builder.Services.AddSingleton<ClusterQueries>();

    public static void MapClusterView(this WebApplication app) =>
        app.MapGet("/api/admin/cluster", ShowAsync).RequireSession(Role.Admin).WithTags("Operation")
            .WithSummary("Silos, leases, who owns how many accounts, and what waits").Produces<ClusterAnswer>().ProducesErrors(403);

    private static async Task<IResult> ShowAsync(HttpContext http, ClusterQueries cluster, ClusterSettings settings, ISiloIncarnation silo)
    {
        var view = await cluster.ReadAsync(settings.Name, http.RequestAborted);
        return TypedResults.Ok(new ClusterAnswer(true, ClusterJson.Of(settings.Name, view, silo.Current)));
    }
}
