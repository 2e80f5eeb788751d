using System.Net;
using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Domain.Access;
using Postmill.Host.Access;

namespace Postmill.Host.Tests.Http;

public sealed class RateLimitTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private HostFixture _host = null!;

    public async Task InitializeAsync() => _host = await HostFixture.StartAsync(new()
    {
        Settings = new Dictionary<string, string> { ["Postmill:Http:RequestsPerMinute"] = "5", ["Postmill:Http:RequestsPerMinutePerAddress"] = "8" },
        Configure = builder => builder.Services.AddSingleton<TimeProvider>(_clock),
        Map = app =>
        {
            app.MapGet("/api/v1/probe", () => "").RequireApiKey(ApiKeyScopes.Read);
            app.MapGet("/api/probe/bug", string () => throw new InvalidOperationException("bug")).RequireSession(Role.View);
        },
    });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_session_has_its_requests_a_minute_and_every_answer_says_how_many_are_left()
    {
        var user = await _host.SignUpAsync();
        _clock.Advance(TimeSpan.FromSeconds(15));
        foreach (var left in new[] { "4", "3", "2", "1", "0" })
        {
            using var answer = await user.Client.GetAsync("/api/me");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            AssertRate(answer, "5", left);
        }
        using (var refused = await user.Client.GetAsync("/api/me"))
        {
            await refused.AssertErrorAsync(HttpStatusCode.TooManyRequests, "rate_limited");
            AssertRate(refused, "5", "0");
            Assert.Equal(TimeSpan.FromSeconds(45), refused.Headers.RetryAfter?.Delta);
        }
        using (var other = await (await _host.SignUpAsync()).Client.GetAsync("/api/me")) Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        _clock.Advance(TimeSpan.FromSeconds(45));
        using var again = await user.Client.GetAsync("/api/me");
        AssertRate(again, "5", "4");
    }

    [Fact]
    public async Task A_second_session_of_the_same_user_and_his_key_are_counted_apart()
    {
        var user = await _host.SignUpAsync();
        var key = await HostFixture.NewKeyAsync(user, ApiKeyScopes.Read);
        for (var i = 0; i < 4; i++) (await user.Client.GetAsync("/api/me")).Dispose();
        using var full = await user.Client.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.TooManyRequests, full.StatusCode);
        using var signIn = await _host.NewClient().PostAsJsonAsync("/api/auth/sign-in", new { email = user.Email, password = SignedIn.Password });
        using var second = await _host.NewClient((await signIn.JsonAsync()).GetProperty("token").GetString()).GetAsync("/api/me");
        AssertRate(second, "5", "4");
        using var byKey = await _host.NewClient(key).GetAsync("/api/v1/probe");
        AssertRate(byKey, "5", "4");
    }

    [Fact]
    public async Task Those_whom_nobody_knows_are_counted_by_address_and_do_not_hold_up_the_known()
    {
        var user = await _host.SignUpAsync();
        for (var i = 0; i < 7; i++)
        {
            using var guess = await _host.NewClient($"guess{i}").GetAsync("/api/me");
            Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
        }
        using (var guess = await _host.NewClient("guess").GetAsync("/api/me")) await guess.AssertErrorAsync(HttpStatusCode.TooManyRequests, "rate_limited");
        using (var signIn = await _host.NewClient().PostAsJsonAsync("/api/auth/sign-in", new { email = user.Email, password = SignedIn.Password }))
            await signIn.AssertErrorAsync(HttpStatusCode.TooManyRequests, "rate_limited");
        using var known = await user.Client.GetAsync("/api/me");
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
    }

    [Fact]
    public async Task Upgrades_count_for_their_key()
    {
        var key = await HostFixture.NewKeyAsync(await _host.SignUpAsync(), ApiKeyScopes.Read);
        for (var i = 0; i < 5; i++) (await _host.NewClient(key).GetAsync("/api/v1/probe")).Dispose();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/mail/ws/inbox?token={key}");
        foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef"))) })
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _host.NewClient().SendAsync(request);
        await answer.AssertErrorAsync(HttpStatusCode.TooManyRequests, "rate_limited");
    }

    [Fact]
    public async Task A_fault_says_it_too()
    {
        using var answer = await (await _host.SignUpAsync()).Client.GetAsync("/api/probe/bug");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        AssertRate(answer, "5", "4");
    }

    [Fact]
    public async Task Health_and_docs_are_not_counted()
    {
        for (var i = 0; i < 10; i++)
            foreach (var path in new[] { "/health/live", "/openapi/v1.json" })
            {
                using var answer = await _host.NewClient().GetAsync(path);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Assert.False(answer.Headers.Contains("X-RateLimit-Limit"));
            }
    }

    private void AssertRate(HttpResponseMessage answer, string limit, string remaining)
    {
        Assert.Equal([limit], answer.Headers.GetValues("X-RateLimit-Limit"));
        Assert.Equal([remaining], answer.Headers.GetValues("X-RateLimit-Remaining"));
        var reset = DateTimeOffset.FromUnixTimeSeconds(long.Parse(answer.Headers.GetValues("X-RateLimit-Reset").Single(), System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(reset - _clock.GetUtcNow(), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }
}
