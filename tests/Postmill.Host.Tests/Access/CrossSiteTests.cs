using System.Net;
using System.Net.Http.Json;

namespace Postmill.Host.Tests.Access;

public sealed class CrossSiteTests : IAsyncLifetime
{
    private HostFixture _host = null!;
    private SignedIn _user = null!;

    public async Task InitializeAsync()
    {
        _host = await HostFixture.StartAsync();
        _user = await _host.SignUpAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    public async Task A_cookie_request_of_another_site_that_changes_state_is_403(string header, string value)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/api/v1/keys", byCookie: true, (header, value));
        await answer.AssertErrorAsync(HttpStatusCode.Forbidden, "cross_origin");
    }

    [Fact]
    public async Task Same_origin_or_neither_header_passes()
    {
        foreach (var header in new (string, string)?[] { ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none"), ("Origin", _host.Address.GetLeftPart(UriPartial.Authority)), null })
        {
            using var answer = await SendAsync(HttpMethod.Post, "/api/v1/keys", byCookie: true, header);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Reading_and_header_authenticated_requests_are_not_concerned()
    {
        using var read = await SendAsync(HttpMethod.Get, "/api/me", byCookie: true, ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        using var bearer = await SendAsync(HttpMethod.Post, "/api/v1/keys", byCookie: false, ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.Created, bearer.StatusCode);
    }

    [Fact]
    public async Task Another_site_cannot_sign_somebody_in()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/sign-in") { Content = JsonContent.Create(new { email = _user.Email, password = SignedIn.Password }) };
        request.Headers.Add("Origin", "https://evil.example");
        using var answer = await _host.NewClient().SendAsync(request);
        await answer.AssertErrorAsync(HttpStatusCode.Forbidden, "cross_origin");
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, bool byCookie, (string Name, string Value)? header)
    {
        var request = new HttpRequestMessage(method, path);
        if (method == HttpMethod.Post) request.Content = JsonContent.Create(new { name = "k", scopes = new[] { "read" } });
        if (byCookie) request.Headers.Add("Cookie", $"sb-access-token={_user.Token}");
        else request.Headers.Authorization = new("Bearer", _user.Token);
        if (header is var (name, value)) request.Headers.Add(name, value);
        return _host.NewClient().SendAsync(request);
    }
}
