using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Domain.Access;
using Postmill.Host.Access;

namespace Postmill.Host.Tests.Access;

public sealed class RouteRulesTests
{
    [Fact]
    public async Task Every_route_of_the_api_says_who_may_call_it_and_what_it_is()
    {
        await using var host = await HostFixture.StartAsync();
        var routes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText?.StartsWith("/api", StringComparison.Ordinal) is true).ToList();
        Assert.NotEmpty(routes);
        Assert.All(routes, r => Assert.True(r.Metadata.GetMetadata<AccessRule>() is not null, $"{r.DisplayName} states no access rule"));
        Assert.All(routes, r => Assert.True(r.Metadata.GetMetadata<IEndpointSummaryMetadata>() is not null, $"{r.DisplayName} has no summary"));
        Assert.All(routes, r => Assert.True(r.Metadata.GetMetadata<ITagsMetadata>() is not null, $"{r.DisplayName} has no tag"));
    }

    [Theory]
    [InlineData("view", "/api/probe/view", 200)]
    [InlineData("view", "/api/probe/edit", 403)]
    [InlineData("edit", "/api/probe/edit", 200)]
    [InlineData("edit", "/api/probe/send", 403)]
    [InlineData("send", "/api/probe/send", 200)]
    [InlineData("send", "/api/probe/admin", 403)]
    [InlineData("admin", "/api/probe/view", 200)]
    [InlineData("send", "/api/probe/forgotten", 403)]
    [InlineData("admin", "/api/probe/forgotten", 200)]
    public async Task A_missing_role_is_403_and_a_route_that_forgot_its_rule_is_for_admins(string role, string path, int status)
    {
        await using var host = await HostFixture.StartAsync(new() { Map = MapProbes });
        var user = await host.SignUpAsync();
        await host.SetRoleAsync(user.UserId, role);
        using var answer = await user.Client.GetAsync(path);
        if (status == 403) await answer.AssertErrorAsync(HttpStatusCode.Forbidden, "role_insufficient");
        else Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static void MapProbes(WebApplication app)
    {
        var group = app.MapGroup("/api/probe").RequireSession(Role.View);
        group.MapGet("/view", () => "");
        group.MapGet("/edit", () => "").RequireSession(Role.Edit);
        group.MapGet("/send", () => "").RequireSession(Role.Send);
        group.MapGet("/admin", () => "").RequireSession(Role.Admin);
        app.MapGet("/api/probe/forgotten", () => "");
    }
}
