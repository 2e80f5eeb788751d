using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Postmill.Host.Tests.Accounts;

/// <summary><c>PATCH /api/accounts/{id}</c>.</summary>
public sealed class ChangeAccountTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task The_name_changes_and_nothing_else()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        var before = await tenant.AccountAsync(account);
        using var answer = await PatchAsync(tenant, account, """{"name":"Ада"}""");
        var changed = (await answer.JsonAsync()).GetProperty("account");
        Assert.Equal("Ада", changed.GetProperty("name").GetString());
        Assert.Equal(before.ToString().Replace("Your Name", "Ада", StringComparison.Ordinal), (await tenant.AccountAsync(account)).ToString());
        Assert.Equal(changed.ToString(), (await tenant.AccountAsync(account)).ToString());

        using (var cleared = await PatchAsync(tenant, account, """{"name":""}""")) cleared.EnsureSuccessStatusCode();
        Assert.Equal(JsonValueKind.Null, (await tenant.AccountAsync(account)).GetProperty("name").ValueKind);
    }

    [Fact]
    public async Task Another_account_becomes_the_only_default_and_the_one_that_is_synced_without_an_id()
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.ConnectAsync();
        var mailbox = shared.World.NewMailbox();
        var second = await tenant.ConnectAndSyncAsync(("email", mailbox), ("username", mailbox));
        foreach (var _ in new[] { "first", "again" })
        {
            using var answer = await PatchAsync(tenant, second, """{"is_default":true}""");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(second, Assert.Single(await tenant.AccountsAsync(), a => a.GetProperty("is_default").GetBoolean()).GetProperty("id").GetGuid());
        }
        using var synced = await tenant.Client.PostAsJsonAsync("/api/sync", new { });
        Assert.Equal(second, (await synced.JsonAsync()).GetProperty("accountId").GetGuid());
    }

    [Fact]
    public async Task What_has_changed_since_it_was_read_is_412_and_stays()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        using var first = await PatchAsync(tenant, account, """{"name":"first"}""");
        var tag = first.Headers.ETag!.Tag;
        using var second = await PatchAsync(tenant, account, """{"name":"second"}""", tag);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.NotEqual(tag, second.Headers.ETag!.Tag);
        foreach (var stale in new[] { tag, "\"none\"", "W/" + second.Headers.ETag.Tag, "nonsense" })
        {
            using var late = await PatchAsync(tenant, account, """{"name":"late"}""", stale);
            await late.AssertErrorAsync(HttpStatusCode.PreconditionFailed, "precondition_failed");
        }

        Assert.Equal("second", (await tenant.AccountAsync(account)).GetProperty("name").GetString());
        using var any = await PatchAsync(tenant, account, """{"is_default":true}""", "*");
        Assert.Equal(second.Headers.ETag.Tag, any.Headers.ETag!.Tag);
        using var unknown = await PatchAsync(tenant, Guid.NewGuid(), """{"name":"x"}""", tag);
        await unknown.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    [Theory]
    [InlineData("""{"name":7}""", "name")]
    [InlineData("""{"name":"a\nb"}""", "name")]
    [InlineData("""{"is_default":false}""", "is_default")]
    [InlineData("""{"is_default":"yes"}""", "is_default")]
    [InlineData("""{"sending_limits":5}""", "sending_limits")]
    [InlineData("""{"sending_limits":{"per_hour":0}}""", "sending_limits.per_hour")]
    [InlineData("""{"sending_limits":{"per_day":-1}}""", "sending_limits.per_day")]
    public async Task A_bad_field_is_400_and_is_named(string body, string field)
    {
        var tenant = await shared.NewTenantAsync();
        using var answer = await PatchAsync(tenant, await tenant.ConnectAsync(), body);
        await answer.AssertFieldErrorAsync(field);
    }

    [Fact]
    public async Task Limits_of_sending_come_with_connecting_are_replaced_as_a_whole_and_taken_away_by_an_empty_object()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync(("sending_limits", new { per_minute = 20, per_day = 500 }));
        Assert.Equal("""{"per_second":null,"per_minute":20,"per_hour":null,"per_day":500}""", await LimitsAsync());
        using (var changed = await PatchAsync(tenant, account, """{"sending_limits":{"per_hour":100}}""")) Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using (var named = await PatchAsync(tenant, account, """{"name":"Ada"}""")) Assert.Equal(HttpStatusCode.OK, named.StatusCode);
        Assert.Equal("""{"per_second":null,"per_minute":null,"per_hour":100,"per_day":null}""", await LimitsAsync());
        using (var cleared = await PatchAsync(tenant, account, """{"sending_limits":{}}""")) Assert.Equal(HttpStatusCode.OK, cleared.StatusCode);
        Assert.Null(await LimitsAsync());

        async Task<string?> LimitsAsync() => (await tenant.AccountAsync(account)).TryGetProperty("sending_limits", out var limits) ? limits.ToString().Replace(" ", "", StringComparison.Ordinal) : null;
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("[]")]
    public async Task A_body_that_changes_nothing_is_400(string body)
    {
        var tenant = await shared.NewTenantAsync();
        using var answer = await PatchAsync(tenant, await tenant.ConnectAsync(), body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task What_is_disconnected_cannot_be_changed()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        using (var gone = await tenant.Client.DeleteAsync($"/api/accounts/{account}")) gone.EnsureSuccessStatusCode();
        using var answer = await PatchAsync(tenant, account, """{"is_default":true}""");
        await answer.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
        Assert.Empty(await tenant.AccountsAsync());
    }

    private static Task<HttpResponseMessage> PatchAsync(Tenant tenant, Guid account, string body, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/accounts/{account}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return tenant.Client.SendAsync(request);
    }
}
