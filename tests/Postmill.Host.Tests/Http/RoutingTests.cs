using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

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
    [InlineData("/nothing")]
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

    [Theory]
    [InlineData("/api/accounts", "BREW", new[] { "GET", "HEAD", "POST" })]
    [InlineData("/api/auth/sign-in", "HEAD", new[] { "POST" })]
    [InlineData("/api/v1/keys", "OPTIONS", new[] { "GET", "HEAD", "POST" })]
    public async Task A_method_that_nobody_knows_there_is_405_with_those_that_are(string path, string method, string[] allowed)
    {
        using var answer = await _host.NewClient().SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(allowed, answer.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Head_is_answered_where_get_is_with_the_same_head_and_no_body()
    {
        var user = await _host.SignUpAsync();
        foreach (var path in new[] { "/api/accounts", "/api/auth/me", "/health/live", "/openapi/v1.json" })
        {
            using var get = await user.Client.GetAsync(path);
            using var head = await user.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
            Assert.Equal(get.StatusCode, head.StatusCode);
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
        using var refused = await _host.NewClient().SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/accounts"));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task An_accept_that_nobody_can_serve_is_not_heeded()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/auth/me");
        request.Headers.TryAddWithoutValidation("Accept", "application/x-unheard-of; q=1, text/html");
        using var answer = await _host.NewClient().SendAsync(request);
        await answer.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Theory]
    [InlineData("/api/me?", "", "HTTP/1.1 414 ")]
    [InlineData("/api/me", "X-Long: ", "HTTP/1.1 431 ")]
    [InlineData("/api/me%00", null, "HTTP/1.1 400 ")]
    public async Task What_the_server_itself_refuses_is_a_4xx_without_html(string path, string? header, string status)
    {
        var endless = new string('x', 60_000);
        var head = header is null ? $"GET {path}" : header.Length == 0 ? $"GET {path}{endless}" : $"GET {path}";
        var answer = await SendRawAsync($"{head} HTTP/1.1\r\nHost: x\r\n{(header?.Length > 0 ? $"{header}{endless}\r\n" : "")}Connection: close\r\n\r\n");
        Assert.StartsWith(status, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("<", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void No_route_takes_a_body_without_a_limit()
    {
        var routes = _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.NotEmpty(routes);
        Assert.All(routes, r => Assert.True(
            r.Metadata.GetMetadata<IRequestSizeLimitMetadata>() is not { } own || own.MaxRequestBodySize is > 0 and <= 104_857_600, $"{r.DisplayName} has no limit"));
        Assert.True(_host.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxRequestBodySize is > 0 and <= 104_857_600);
    }

    private async Task<string> SendRawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        return Encoding.ASCII.GetString(buffer, 0, read);
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
