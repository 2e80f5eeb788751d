using System.Net;
using Postmill.Host.Tests.Http;

namespace Postmill.Host.Tests.Cluster;

public sealed class OrleansDashboardTests : IAsyncLifetime
{
    private ClusterHosts _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ClusterHosts.NewAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Theory]
    [InlineData("all")]
    [InlineData("front")]
    public async Task Admins_see_the_page_and_the_silos(string role)
    {
        var host = await HostAsync(role);
        var admin = await host.SignUpAsync();
        Assert.Contains("<html", await admin.Client.GetStringAsync("/admin/orleans/"), StringComparison.Ordinal);
        Assert.NotEmpty(await admin.Client.GetByteArrayAsync("/admin/orleans/index.min.js"));
        await Eventually.TrueAsync("the counters name a silo", async () =>
            (await admin.Client.GetStringAsync("/admin/orleans/DashboardCounters")).Contains("\"siloAddress\"", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/DashboardCounters")]
    [InlineData("/GrainState?grainId=x&grainType=account")]
    [InlineData("/index.min.js")]
    public async Task Nobody_else_sees_any_of_it(string path)
    {
        var host = await HostAsync("all");
        await host.SignUpAsync(); // the admin
        var other = await host.SignUpAsync();
        using (var stranger = await host.NewClient().GetAsync($"/admin/orleans{path}")) await stranger.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        using var refused = await other.Client.GetAsync($"/admin/orleans{path}");
        await refused.AssertErrorAsync(HttpStatusCode.Forbidden, "role_insufficient");
    }

    [Fact]
    public async Task No_log_line_is_shown_to_anybody()
    {
        var admin = await (await HostAsync("all")).SignUpAsync();
        using var trace = await admin.Client.GetAsync("/admin/orleans/Trace");
        Assert.Equal(HttpStatusCode.Forbidden, trace.StatusCode);
    }

    private async Task<HostFixture> HostAsync(string role)
    {
        var silo = await _cluster.StartAsync();
        if (role == "all") return silo;
        var front = await _cluster.StartAsync(role);
        await ClusterHosts.HasMetASiloAsync(front);
        return front;
    }
}
