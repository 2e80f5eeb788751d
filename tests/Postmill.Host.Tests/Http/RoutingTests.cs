using System.Net;
using System.Net.Http.Json;

namespace Postmill.Host.Tests.Http;

public sealed class RoutingTests : IAsyncLifetime
{
    private HostFixture _host = null!;

    public async Task InitializeAsync() => _host = await HostFixture.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/api/nothing/here")]
    [InlineData("/mail/v1/nothing")]
    [InlineData("/ws/nothing")]
    public async Task Unknown_route_is_404_in_the_envelope(string path)
    {
        using var answer = await _host.NewClient().GetAsync(path);
        await answer.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Wrong_method_is_405_in_the_envelope_and_names_the_right_one()
    {
        using var answer = await _host.NewClient().GetAsync("/api/auth/sign-in");
        await answer.AssertErrorAsync(HttpStatusCode.MethodNotAllowed, "method_not_allowed");
        Assert.Contains("POST", answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task Answers_name_no_server_and_are_neither_sniffed_nor_cached()
    {
        using var answer = await _host.NewClient().GetAsync("/api/auth/me");
        await answer.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Empty(answer.Headers.Server);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Mail_v1_is_an_alias_of_api_v1()
    {
        using var answer = await _host.NewClient().PostAsJsonAsync("/mail/v1/keys", new { });
        await answer.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }
}
