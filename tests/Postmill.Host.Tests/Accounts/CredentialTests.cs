using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Postmill.Host.Tests.Sync;
using Postmill.Host.Tests.SyncApi;

namespace Postmill.Host.Tests.Accounts;

/// <summary><c>/api/accounts/{id}/credentials/test</c> and <c>/rotate</c>.</summary>
public sealed class CredentialTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task Testing_says_for_each_server_whether_the_stored_password_works()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        Golden.AssertMatches("credentials", await (await TestAsync(tenant, account)).Content.ReadAsStringAsync());

        shared.World.Dovecot.AddUser(tenant.Mailbox, "changed at the provider");
        var failed = await (await TestAsync(tenant, account)).JsonAsync();
        Assert.False(failed.GetProperty("success").GetBoolean());
        foreach (var server in new[] { "imap", "smtp" })
        {
            Assert.False(failed.GetProperty(server).GetProperty("ok").GetBoolean());
            Assert.Equal("auth_failed", failed.GetProperty(server).GetProperty("code").GetString());
            Assert.NotEqual(JsonValueKind.Null, failed.GetProperty(server).GetProperty("error").ValueKind);
        }
    }

    [Fact]
    public async Task A_right_password_replaces_the_stored_one_and_the_sync_uses_it_at_once()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        shared.World.Dovecot.AddUser(tenant.Mailbox, "the next one");
        gate.Cut();
        using (var failed = await tenant.PostSyncAsync(account)) await failed.AssertErrorAsync(HttpStatusCode.BadGateway, "imap_auth_failed");

        using var rotated = await RotateAsync(tenant, account, new { password = "the next one" });
        Golden.AssertMatches("credentials", await rotated.Content.ReadAsStringAsync());
        await tenant.UntilAsync(account, "idle");
        Assert.False((await tenant.StatusAsync(account)).TryGetProperty("lastError", out _));
        Assert.DoesNotContain(shared.Host.Logs.Lines, line => line.Contains("the next one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_400_and_the_stored_one_stays()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        using var refused = await RotateAsync(tenant, account, new { password = "nonsense" });
        await refused.AssertErrorAsync(HttpStatusCode.BadRequest, "imap_verification_failed");
        Assert.True((await (await TestAsync(tenant, account)).JsonAsync()).GetProperty("success").GetBoolean());
        Assert.Equal("synced", (await tenant.SyncAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_user_name_may_be_replaced_too()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        var other = shared.World.NewMailbox();
        using (var rotated = await RotateAsync(tenant, account, new { username = other, password = MailWorld.Password })) rotated.EnsureSuccessStatusCode();
        await shared.World.Dovecot.DeliverAsync(other, Letters.About("for the other login"));
        await Eventually.TrueAsync("mail of the other login is seen", async () => await tenant.EventsAsync() == 1);
    }

    [Fact]
    public async Task A_password_that_cannot_be_decrypted_any_more_is_told_and_can_be_entered_again()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.ExecuteAsync("UPDATE account SET secret = 'damaged'::bytea WHERE id = $1", account);

        var tested = await (await TestAsync(tenant, account)).JsonAsync();
        Assert.False(tested.GetProperty("success").GetBoolean());
        Assert.Equal("secret_unreadable", tested.GetProperty("imap").GetProperty("code").GetString());
        using (var rotated = await RotateAsync(tenant, account, new { password = MailWorld.Password }))
            Assert.True(rotated.StatusCode == HttpStatusCode.OK, await rotated.Content.ReadAsStringAsync());
        Assert.True((await (await TestAsync(tenant, account)).JsonAsync()).GetProperty("success").GetBoolean());
    }

    [Theory]
    [InlineData("""{}""", "password")]
    [InlineData("""{"password":""}""", "password")]
    [InlineData("""{"password":null}""", "password")]
    [InlineData("""{"password":7}""", "password")]
    [InlineData("""{"password":"x","username":7}""", "username")]
    [InlineData("""{"password":"x","username":""}""", "username")]
    [InlineData("""{"password":"x","username":"a\r\nb"}""", "username")]
    public async Task A_bad_body_is_400_and_names_the_field(string body, string field)
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await tenant.Client.PostAsync($"/api/accounts/{account}/credentials/rotate", content);
        await answer.AssertFieldErrorAsync(field);
    }

    private static Task<HttpResponseMessage> TestAsync(Tenant tenant, Guid account) => tenant.Client.PostAsync($"/api/accounts/{account}/credentials/test", null);

    private static Task<HttpResponseMessage> RotateAsync(Tenant tenant, Guid account, object body) =>
        tenant.Client.PostAsJsonAsync($"/api/accounts/{account}/credentials/rotate", body);
}
