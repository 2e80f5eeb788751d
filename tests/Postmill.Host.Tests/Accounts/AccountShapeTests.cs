using System.Net;
using Postmill.Host.Tests.SyncApi;

namespace Postmill.Host.Tests.Accounts;

public sealed class AccountShapeTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task A_user_without_accounts_has_empty_lists()
    {
        var tenant = await shared.NewTenantAsync();
        Assert.Equal("""{"success":true,"accounts":[]}""", await tenant.Client.GetStringAsync("/api/accounts"));
        Assert.Equal("""{"accounts":[]}""", await tenant.Client.GetStringAsync("/api/sync"));
    }

    [Fact]
    public async Task Connecting_answers_id_address_and_pending()
    {
        var tenant = await shared.NewTenantAsync();
        using var answer = await tenant.PostAccountAsync(tenant.Body());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Golden.AssertMatches("account_connected", tenant.AsOnThePage(await answer.Content.ReadAsStringAsync()));
        var connected = (await answer.JsonAsync()).GetProperty("account").GetProperty("id").GetGuid();
        Assert.Equal(connected, Assert.Single(await tenant.AccountsAsync()).GetProperty("id").GetGuid());
    }

    [Fact]
    public async Task The_list_says_pending_then_syncing_then_synced_then_error_and_shows_the_fields_of_the_page()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        gate.Hold(fromConnection: 2); // the first one verifies the login
        var account = await tenant.ConnectAsync(("imap_port", gate.Port));
        await Eventually.TrueAsync("the first sync begins", () => Task.FromResult(gate.Accepted == 2));
        Golden.AssertMatches("accounts", await ListAsync(tenant, gate));
        Assert.Equal("syncing", (await tenant.StatusAsync(account)).GetProperty("syncStatus").GetString());

        // As between saving and the first run; while the gate holds, nobody else writes the row.
        await tenant.ExecuteAsync("UPDATE account SET run_started_at = NULL WHERE id = $1", account);
        Assert.Equal("pending", (await tenant.AccountAsync(account)).GetProperty("sync_status").GetString());
        Assert.Equal("syncing", (await tenant.StatusAsync(account)).GetProperty("syncStatus").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await tenant.StatusAsync(account)).GetProperty("lastSyncAt").ValueKind);

        gate.Release();
        await tenant.UntilAsync(account, "idle");
        Assert.Equal("synced", (await tenant.AccountAsync(account)).GetProperty("sync_status").GetString());

        gate.Shut = true;
        gate.Cut();
        using (var failed = await tenant.PostSyncAsync(account)) Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);
        var why = (await tenant.AccountAsync(account)).GetProperty("last_error").GetString()!;
        Golden.AssertMatches("accounts_error", (await ListAsync(tenant, gate)).Replace(why, "<why>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_list_shows_user_name_or_password()
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.ConnectAsync();
        foreach (var list in new[] { "/api/accounts", "/api/sync" })
        {
            var text = await tenant.Client.GetStringAsync(list);
            Assert.DoesNotContain("username", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("password", text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Sync.MailWorld.Password, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_display_name_may_be_left_out()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync(("name", Tenant.Left));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await tenant.AccountAsync(account)).GetProperty("name").ValueKind);
    }

    [Fact]
    public async Task Implicit_TLS_and_STARTTLS_work_on_both_servers_and_one_word_is_for_both()
    {
        var tenant = await shared.NewTenantAsync();
        var dovecot = shared.World.Dovecot;
        await tenant.ConnectAndSyncAsync(
            ("imap_port", dovecot.ImapPort), ("smtp_port", dovecot.SubmissionPort), ("imap_tls", Tenant.Left), ("smtp_tls", Tenant.Left), ("tls", "starttls"));
        var other = await shared.NewTenantAsync();
        await other.ConnectAndSyncAsync(
            ("imap_port", dovecot.ImapsPort), ("smtp_port", dovecot.SubmissionsPort), ("imap_tls", Tenant.Left), ("smtp_tls", Tenant.Left), ("tls", "implicit"));
    }

    [Fact]
    public async Task Without_a_session_every_route_is_401()
    {
        using var client = shared.Host.NewClient();
        var id = Guid.NewGuid();
        foreach (var (method, path) in Routes(id))
        {
            using var answer = await client.SendAsync(new HttpRequestMessage(method, path));
            await answer.AssertErrorAsync(HttpStatusCode.Unauthorized, "unauthorized");
        }
    }

    [Fact]
    public async Task Who_may_view_lists_and_syncs_but_neither_connects_nor_disconnects()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        await shared.Host.SetRoleAsync(tenant.User.UserId, "view");
        Assert.Single(await tenant.AccountsAsync());
        Assert.Equal("synced", (await tenant.SyncAsync(account)).GetProperty("status").GetString());
        foreach (var (method, path) in Routes(account).Where(r => r.Method != HttpMethod.Get && r.Path != "/api/sync"))
        {
            using var answer = await tenant.Client.SendAsync(new HttpRequestMessage(method, path) { Content = System.Net.Http.Json.JsonContent.Create(tenant.Body()) });
            await answer.AssertErrorAsync(HttpStatusCode.Forbidden, "role_insufficient");
        }
        Assert.Single(await tenant.AccountsAsync());
    }

    [Fact]
    public async Task Another_users_account_is_answered_like_one_that_is_not_there()
    {
        var owner = await shared.NewTenantAsync();
        var account = await owner.ConnectAndSyncAsync();
        var stranger = await shared.NewTenantAsync();
        foreach (var id in new[] { account, Guid.NewGuid() })
        {
            foreach (var (method, path) in Routes(id).Where(r => r.Path.Contains(id.ToString(), StringComparison.Ordinal)))
            {
                using var answer = await stranger.Client.SendAsync(new HttpRequestMessage(method, path) { Content = System.Net.Http.Json.JsonContent.Create(new { password = "x", name = "mine" }) });
                await answer.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
                Golden.AssertMatches("account_not_found", await answer.Content.ReadAsStringAsync());
            }
            using var sync = await stranger.PostSyncAsync(id);
            Golden.AssertMatches("account_not_found", await sync.Content.ReadAsStringAsync());
        }
        Assert.Empty(await stranger.AccountsAsync());
        Assert.Empty(await stranger.StatusesAsync());
        Assert.Single(await owner.AccountsAsync());
    }

    private static (HttpMethod Method, string Path)[] Routes(Guid id) =>
    [
        (HttpMethod.Get, "/api/accounts"),
        (HttpMethod.Post, "/api/accounts"),
        (HttpMethod.Patch, $"/api/accounts/{id}"),
        (HttpMethod.Delete, $"/api/accounts/{id}"),
        (HttpMethod.Post, $"/api/accounts/{id}/credentials/test"),
        (HttpMethod.Post, $"/api/accounts/{id}/credentials/rotate"),
        (HttpMethod.Get, "/api/sync"),
        (HttpMethod.Post, "/api/sync"),
    ];

    private static async Task<string> ListAsync(Tenant tenant, MailGate gate) =>
        tenant.AsOnThePage((await tenant.Client.GetStringAsync("/api/accounts")).Replace($"imap_port\":{gate.Port}", "imap_port\":993", StringComparison.Ordinal));
}
