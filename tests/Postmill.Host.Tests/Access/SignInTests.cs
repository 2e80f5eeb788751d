using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Testing;

namespace Postmill.Host.Tests.Access;

public sealed class SignInTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private HostFixture _host = null!;

    public async Task InitializeAsync() => _host = await HostFixture.StartAsync(new()
    {
        Configure = b => b.Services.AddSingleton<TimeProvider>(_clock),
        Settings = new Dictionary<string, string> { ["Postmill:Access:SignInFailures"] = "3", ["Postmill:Access:SignInFailuresPerIp"] = "8" },
    });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Unknown_user_and_wrong_password_answer_alike()
    {
        var user = await _host.SignUpAsync();
        using var wrong = await PostAsync("sign-in", user.Email, "not the password");
        using var unknown = await PostAsync("sign-in", "nobody@example.org", "not the password");
        var one = await wrong.AssertErrorAsync(HttpStatusCode.Unauthorized, "bad_credentials");
        var other = await unknown.AssertErrorAsync(HttpStatusCode.Unauthorized, "bad_credentials");
        Assert.Equal(one.GetRawText(), other.GetRawText());
    }

    [Fact]
    public async Task Failures_of_one_address_make_it_wait_with_Retry_After_and_then_it_may_again()
    {
        var user = await _host.SignUpAsync();
        var other = await _host.SignUpAsync();
        for (var i = 0; i < 3; i++) (await PostAsync("sign-in", user.Email, "wrong wrong")).Dispose();
        using (var limited = await PostAsync("sign-in", user.Email.ToUpperInvariant(), SignedIn.Password))
        {
            await limited.AssertErrorAsync(HttpStatusCode.TooManyRequests, "rate_limited");
            Assert.Equal(TimeSpan.FromMinutes(15), limited.Headers.RetryAfter?.Delta);
        }
        using (var free = await PostAsync("sign-in", other.Email, SignedIn.Password)) Assert.Equal(HttpStatusCode.OK, free.StatusCode);
        _clock.Advance(TimeSpan.FromMinutes(15));
        using var again = await PostAsync("sign-in", user.Email, SignedIn.Password);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task One_machine_cannot_try_one_password_on_every_address()
    {
        for (var i = 0; i < 8; i++) (await PostAsync("sign-in", $"a{i}@example.org", "password1")).Dispose();
        using var limited = await PostAsync("sign-in", "a9@example.org", "password1");
        await limited.AssertErrorAsync(HttpStatusCode.TooManyRequests, "rate_limited");
    }

    [Fact]
    public async Task A_failed_sign_in_is_in_the_audit_log_without_the_password()
    {
        (await PostAsync("sign-in", "Nobody@example.org", "secret-guess")).Dispose();
        await using var command = _host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT a::text FROM audit a WHERE action = 'access.sign_in'");
        var line = (string)(await command.ExecuteScalarAsync())!;
        Assert.Contains("nobody@example.org", line, StringComparison.Ordinal);
        Assert.Contains("bad_credentials", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-guess", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "long enough", "email")]
    [InlineData("not an address", "long enough", "email")]
    [InlineData("a@b\r\nBcc: c@d", "long enough", "email")]
    [InlineData("a@b.c", "short", "password")]
    [InlineData("a@b.c", null, "password")]
    public async Task Sign_up_names_the_field_that_is_wrong(string email, string? password, string field)
    {
        using var answer = await _host.NewClient().PostAsJsonAsync("/api/auth/sign-up", new { email, password });
        await answer.AssertFieldErrorAsync(field);
    }

    [Fact]
    public async Task Passwords_have_at_most_256_characters()
    {
        using var longest = await PostAsync("sign-up", "a@example.org", new string('p', 256));
        Assert.Equal(HttpStatusCode.Created, longest.StatusCode);
        using var longer = await PostAsync("sign-up", "b@example.org", new string('p', 257));
        await longer.AssertFieldErrorAsync("password");
    }

    [Fact]
    public async Task The_same_address_in_other_case_is_taken()
    {
        var user = await _host.SignUpAsync();
        using var answer = await PostAsync("sign-up", user.Email.ToUpperInvariant(), SignedIn.Password);
        await answer.AssertErrorAsync(HttpStatusCode.Conflict, "email_taken");
    }

    [Fact]
    public async Task With_sign_up_closed_the_first_user_may_and_nobody_after()
    {
        await using var host = await HostFixture.StartAsync(new() { Settings = new Dictionary<string, string> { ["Postmill:Access:OpenSignUp"] = "false" } });
        await host.SignUpAsync();
        using var answer = await host.NewClient().PostAsJsonAsync("/api/auth/sign-up", new { email = "late@example.org", password = SignedIn.Password });
        await answer.AssertErrorAsync(HttpStatusCode.Forbidden, "sign_up_closed");
    }

    [Fact]
    public async Task A_hash_of_fewer_rounds_is_renewed_at_sign_in()
    {
        var user = await _host.SignUpAsync();
        var before = await HashAsync(user);
        await using var stricter = await HostFixture.StartAsync(new()
        {
            ConnectionString = _host.ConnectionString,
            Settings = new Dictionary<string, string> { ["Postmill:Access:PasswordIterations"] = "20000" },
        });
        using (var first = await stricter.NewClient().PostAsJsonAsync("/api/auth/sign-in", new { email = user.Email, password = SignedIn.Password }))
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.NotEqual(before, await HashAsync(user));
        using var second = await stricter.NewClient().PostAsJsonAsync("/api/auth/sign-in", new { email = user.Email, password = SignedIn.Password });
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
    }

    private async Task<string> HashAsync(SignedIn user)
    {
        await using var command = _host.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT password_hash FROM users WHERE id = $1");
        command.Parameters.Add(new() { Value = user.UserId });
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private Task<HttpResponseMessage> PostAsync(string what, string email, string password) =>
        _host.NewClient().PostAsJsonAsync($"/api/auth/{what}", new { email, password });
}
