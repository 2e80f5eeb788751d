using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Testing;

namespace Postmill.Host.Tests.Access;

public sealed class SessionTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private HostFixture _host = null!;

    public async Task InitializeAsync() =>
        _host = await HostFixture.StartAsync(new() { Configure = b => b.Services.AddSingleton<TimeProvider>(_clock) });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task First_user_of_an_installation_is_admin_and_later_ones_may_send()
    {
        var first = await _host.SignUpAsync();
        var second = await _host.SignUpAsync();
        Assert.Equal("admin", await RoleAsync(first));
        Assert.Equal("send", await RoleAsync(second));
    }

    [Fact]
    public async Task Of_users_who_sign_up_at_once_exactly_one_is_admin()
    {
        var users = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _host.SignUpAsync()));
        var roles = await Task.WhenAll(users.Select(RoleAsync));
        Assert.Single(roles, "admin");
    }

    [Theory]
    [InlineData("sb-access-token")]
    [InlineData("authjs.session-token")]
    [InlineData("__Secure-sb-access-token")]
    [InlineData("__Secure-authjs.session-token")]
    public async Task The_token_is_accepted_from_each_cookie_of_the_contract(string cookie)
    {
        var user = await _host.SignUpAsync();
        using var answer = await MeAsync(r => r.Headers.Add("Cookie", $"theme=dark; {cookie}={user.Token}"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_stale_cookie_does_not_hide_a_good_one()
    {
        var user = await _host.SignUpAsync();
        using var answer = await MeAsync(r => r.Headers.Add("Cookie", $"sb-access-token=stale; authjs.session-token={user.Token}"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("Cookie", "sb-access-token=")]
    [InlineData("Cookie", "sb-access-token=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("Cookie", "other=1")]
    [InlineData("Authorization", "Bearer nonsense")]
    [InlineData("Authorization", "Bearer")]
    [InlineData("Authorization", "Basic dTpw")]
    public async Task No_or_bad_session_is_401(string? header, string? value)
    {
        using var answer = await MeAsync(r =>
        {
            if (header is not null) r.Headers.TryAddWithoutValidation(header, value);
        });
        await answer.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task Sign_in_sets_a_cookie_that_scripts_cannot_read()
    {
        var user = await _host.SignUpAsync();
        using var answer = await SignInAsync(user.Email.ToUpperInvariant(), SignedIn.Password);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var token = (await answer.JsonAsync()).GetProperty("token").GetString();
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith($"sb-access-token={token};", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/;", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3, 127.0.0.0/8")]
    public async Task Behind_a_trusted_proxy_that_speaks_https_the_cookie_is_secure(string proxies)
    {
        await using var host = await HostFixture.StartAsync(new() { Settings = new Dictionary<string, string> { ["Postmill:Http:TrustedProxies"] = proxies } });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/sign-up") { Content = JsonContent.Create(new { email = "a@b.c", password = SignedIn.Password }) };
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var answer = await host.NewClient().SendAsync(request);
        Assert.Contains("; secure", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Sign_out_closes_the_session_and_clears_the_cookie()
    {
        var user = await _host.SignUpAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/sign-out");
        request.Headers.Add("Cookie", $"sb-access-token={user.Token}");
        using var answer = await _host.NewClient().SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("1970", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        using var after = await user.Client.GetAsync("/api/auth/me");
        await after.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_session_in_use_slides_and_an_unused_one_ends_after_30_days()
    {
        var user = await _host.SignUpAsync();
        for (var day = 0; day < 60; day += 20)
        {
            _clock.Leap(TimeSpan.FromDays(20));
            using var answer = await user.Client.GetAsync("/api/auth/me");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        _clock.Leap(TimeSpan.FromDays(30));
        using var ended = await user.Client.GetAsync("/api/auth/me");
        await ended.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task The_cookie_slides_with_its_session()
    {
        var user = await _host.SignUpAsync();
        _clock.Leap(TimeSpan.FromDays(2));
        using var renewed = await MeAsync(r => r.Headers.Add("Cookie", $"sb-access-token={user.Token}"));
        Assert.Contains($"sb-access-token={user.Token};", Assert.Single(renewed.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        using var again = await MeAsync(r => r.Headers.Add("Cookie", $"sb-access-token={user.Token}"));
        Assert.False(again.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task Neither_token_nor_password_is_in_the_database()
    {
        var user = await _host.SignUpAsync();
        await using var database = NpgsqlDataSource.Create(_host.ConnectionString);
        await using var command = database.CreateCommand("SELECT (SELECT string_agg(u::text, ' ') FROM users u) || (SELECT string_agg(s::text, ' ') FROM session s)");
        var all = (string)(await command.ExecuteScalarAsync())!;
        Assert.Contains(user.Email, all, StringComparison.Ordinal);
        Assert.DoesNotContain(SignedIn.Password, all, StringComparison.Ordinal);
        Assert.DoesNotContain(user.Token, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_has_at_most_100_sessions_and_the_newest_stay()
    {
        var user = await _host.SignUpAsync();
        for (var i = 0; i < 100; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            using var more = await SignInAsync(user.Email, SignedIn.Password);
            Assert.Equal(HttpStatusCode.OK, more.StatusCode);
        }
        using var first = await user.Client.GetAsync("/api/auth/me");
        await first.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        await using var count = _host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT count(*) FROM session");
        Assert.Equal(100L, await count.ExecuteScalarAsync());
    }

    private Task<HttpResponseMessage> SignInAsync(string email, string password) =>
        _host.NewClient().PostAsJsonAsync("/api/auth/sign-in", new { email, password });

    private Task<HttpResponseMessage> MeAsync(Action<HttpRequestMessage> dress)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/me");
        dress(request);
        return _host.NewClient().SendAsync(request);
    }

    private static async Task<string?> RoleAsync(SignedIn user)
    {
        using var answer = await user.Client.GetAsync("/api/auth/me");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.JsonAsync()).GetProperty("user").GetProperty("role").GetString();
    }
}
