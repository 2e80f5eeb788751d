using Orleans.Dashboard;
using Postmill.Domain.Access;
using Postmill.Host.Access;

namespace Postmill.Host.Cluster;

/// <summary>Orleans' own pages about grains, calls and silos, for admins.</summary>
internal static class OrleansDashboard
{
    public const string Path = "/admin/orleans";

    public static void MapOrleansDashboard(this WebApplication app) => app.MapOrleansDashboard(Path).RequireSession(Role.Admin).ExcludeFromDescription();

    /// <summary>Its stream of log lines is left out: they name people's addresses.</summary>
    public static void Configure(DashboardOptions options) => (options.HideTrace, options.CounterUpdateIntervalMs) = (true, 5_000);
}
