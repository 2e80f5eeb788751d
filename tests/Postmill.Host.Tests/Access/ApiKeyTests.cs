using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Postmill.Host.Access;
using Postmill.Testing;

namespace Postmill.Host.Tests.Access;

public sealed class ApiKeyTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private HostFixture _host = null!;
    private SignedIn _user = null!;

    public async Task InitializeAsync()
    {
        _host = await HostFixture.StartAsync(new()
        {
            Configure = b => b.Services.AddSingleton<TimeProvider>(_clock),
            Map = app =>
            {
                app.MapGet("/api/v1/probe", (HttpContext http) => http.UserId().ToString()).RequireApiKey("read");
                app.MapPost("/api/v1/probe", (HttpContext http) => string.Join(',', http.ApiKey().Scopes)).RequireApiKey("send");
            },
        });
        _user = await _host.SignUpAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_key_is_msk_and_64_hex_digits_shown_once_and_stored_as_a_hash()
    {
        using var made = await MakeAsync(new { name = "ci", scopes = new[] { "send", "read" } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var key = (await made.JsonAsync()).GetProperty("key");
        var text = key.GetProperty("key").GetString()!;
        Assert.Matches("^msk_[0-9a-f]{64}$", text);
        Assert.Equal(
            ["allowed_account_id", "created_at", "expires_at", "id", "key", "last_used_at", "name", "prefix", "scopes"],
            key.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal("2026-01-15T10:00:00Z", key.GetProperty("created_at").GetString());

        using var listed = await _user.Client.GetAsync("/api/v1/keys");
        var row = Assert.Single((await listed.JsonAsync()).GetProperty("keys").EnumerateArray());
        Assert.False(row.TryGetProperty("key", out _));
        Assert.Equal(text[..12], row.GetProperty("prefix").GetString());
        await using var database = NpgsqlDataSource.Create(_host.ConnectionString);
        await using var command = database.CreateCommand("SELECT string_agg(k::text, ' ') || (SELECT string_agg(a::text, ' ') FROM audit a) FROM api_key k");
        Assert.DoesNotContain(text[12..], (string)(await command.ExecuteScalarAsync())!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_opens_api_v1_and_nothing_else()
    {
        var key = await HostFixture.NewKeyAsync(_user, "read");
        var client = _host.NewClient(key);
        Assert.Equal(_user.UserId.ToString(), await client.GetStringAsync("/api/v1/probe"));
        Assert.Equal(_user.UserId.ToString(), await client.GetStringAsync("/mail/v1/probe"));
        foreach (var path in new[] { "/api/me", "/api/auth/me", "/api/v1/keys" })
        {
            using var answer = await client.GetAsync(path);
            await answer.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        }
    }

    [Fact]
    public async Task A_session_on_api_v1_is_401()
    {
        using var byHeader = await _user.Client.GetAsync("/api/v1/probe");
        await byHeader.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/probe");
        request.Headers.Add("Cookie", $"sb-access-token={_user.Token}");
        using var byCookie = await _host.NewClient().SendAsync(request);
        await byCookie.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_key_in_the_query_does_not_open_rest()
    {
        var key = await HostFixture.NewKeyAsync(_user, "read");
        using var answer = await _host.NewClient().GetAsync($"/api/v1/probe?token={key}");
        await answer.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_missing_scope_is_403()
    {
        var key = await HostFixture.NewKeyAsync(_user, "read");
        using var answer = await _host.NewClient(key).PostAsync("/api/v1/probe", null);
        await answer.AssertErrorAsync(HttpStatusCode.Forbidden, "scope_missing");
    }

    [Fact]
    public async Task Lowering_the_owners_role_lowers_his_keys()
    {
        var key = await HostFixture.NewKeyAsync(_user, "read", "send");
        Assert.Equal("read,send", await (await _host.NewClient(key).PostAsync("/api/v1/probe", null)).Content.ReadAsStringAsync());
        await _host.SetRoleAsync(_user.UserId, "view");
        using var answer = await _host.NewClient(key).PostAsync("/api/v1/probe", null);
        await answer.AssertErrorAsync(HttpStatusCode.Forbidden, "scope_missing");
        using var more = await MakeAsync(new { name = "up", scopes = new[] { "send" } });
        await more.AssertErrorAsync(HttpStatusCode.Forbidden, "role_insufficient");
    }

    [Fact]
    public async Task A_revoked_key_is_401_at_once_and_gone_from_the_list()
    {
        var key = await HostFixture.NewKeyAsync(_user, "read");
        var id = await OnlyIdAsync();
        var keys = _host.Services.GetRequiredService<IApiKeys>();
        Assert.True(await keys.IsStillValidAsync(id, CancellationToken.None));
        using (var revoked = await _user.Client.DeleteAsync($"/api/v1/keys/{id}")) Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        using (var answer = await _host.NewClient(key).GetAsync("/api/v1/probe")) await answer.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.False(await keys.IsStillValidAsync(id, CancellationToken.None));
        using (var again = await _user.Client.DeleteAsync($"/api/v1/keys/{id}")) await again.AssertErrorAsync(HttpStatusCode.NotFound, "key_not_found");
        using var list = await _user.Client.GetAsync("/api/v1/keys");
        Assert.Equal(0, (await list.JsonAsync()).GetProperty("keys").GetArrayLength());
    }

    [Fact]
    public async Task Another_users_key_is_not_there()
    {
        await HostFixture.NewKeyAsync(_user, "read");
        var id = await OnlyIdAsync();
        var other = await _host.SignUpAsync();
        using var answer = await other.Client.DeleteAsync($"/api/v1/keys/{id}");
        await answer.AssertErrorAsync(HttpStatusCode.NotFound, "key_not_found");
        using var nonsense = await other.Client.DeleteAsync("/api/v1/keys/not-an-id");
        await nonsense.AssertErrorAsync(HttpStatusCode.NotFound, "key_not_found");
    }

    [Fact]
    public async Task An_expired_key_is_401()
    {
        using var made = await MakeAsync(new { name = "short", scopes = new[] { "read" }, expires_at = "2026-01-15T11:00:00Z" });
        var key = (await made.JsonAsync()).GetProperty("key").GetProperty("key").GetString();
        var id = await OnlyIdAsync();
        _clock.Advance(TimeSpan.FromMinutes(59));
        using (var good = await _host.NewClient(key).GetAsync("/api/v1/probe")) Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        _clock.Advance(TimeSpan.FromMinutes(1));
        using var answer = await _host.NewClient(key).GetAsync("/api/v1/probe");
        await answer.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.False(await _host.Services.GetRequiredService<IApiKeys>().IsStillValidAsync(id, CancellationToken.None));
    }

    [Fact]
    public async Task Last_use_is_written_at_most_once_a_minute()
    {
        var client = _host.NewClient(await HostFixture.NewKeyAsync(_user, "read"));
        Assert.Null(await LastUsedAsync());
        await client.GetStringAsync("/api/v1/probe");
        Assert.Equal("2026-01-15T10:00:00Z", await LastUsedAsync());
        _clock.Advance(TimeSpan.FromSeconds(59));
        await client.GetStringAsync("/api/v1/probe");
        Assert.Equal("2026-01-15T10:00:00Z", await LastUsedAsync());
        _clock.Advance(TimeSpan.FromSeconds(1));
        await client.GetStringAsync("/api/v1/probe");
        Assert.Equal("2026-01-15T10:01:00Z", await LastUsedAsync());
    }

    [Theory]
    [InlineData("""{"scopes":["read"]}""", "name")]
    [InlineData("""{"name":"k"}""", "scopes")]
    [InlineData("""{"name":"k","scopes":[]}""", "scopes")]
    [InlineData("""{"name":"k","scopes":["root"]}""", "scopes")]
    [InlineData("""{"name":"k","scopes":[null]}""", "scopes")]
    [InlineData("""{"name":"k","scopes":["read"],"expires_at":"2020-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"name":"k","scopes":["read"],"expires_at":"tomorrow"}""", "expires_at")]
    public async Task A_bad_request_names_its_field(string json, string field)
    {
        using var answer = await _user.Client.PostAsync("/api/v1/keys", new StringContent(json, null, "application/json"));
        await answer.AssertFieldErrorAsync(field);
    }

    [Fact]
    public async Task A_key_can_be_bound_to_an_account_of_its_owner_only()
    {
        using var answer = await MakeAsync(new { name = "k", scopes = new[] { "send" }, allowed_account_id = Guid.NewGuid() });
        await answer.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    [Fact]
    public async Task A_user_has_at_most_100_keys()
    {
        for (var i = 0; i < 100; i++) await HostFixture.NewKeyAsync(_user, "read");
        using var answer = await MakeAsync(new { name = "k", scopes = new[] { "read" } });
        await answer.AssertErrorAsync(HttpStatusCode.Forbidden, "key_limit_exceeded");
    }

    private Task<HttpResponseMessage> MakeAsync(object body) => _user.Client.PostAsJsonAsync("/api/v1/keys", body);

    private async Task<Guid> OnlyIdAsync()
    {
        using var list = await _user.Client.GetAsync("/api/v1/keys");
        return Assert.Single((await list.JsonAsync()).GetProperty("keys").EnumerateArray()).GetProperty("id").GetGuid();
    }

    private async Task<string?> LastUsedAsync()
    {
        using var list = await _user.Client.GetAsync("/api/v1/keys");
        return Assert.Single((await list.JsonAsync()).GetProperty("keys").EnumerateArray()).GetProperty("last_used_at").GetString();
    }
}
