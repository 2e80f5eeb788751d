using System.Net;
using Postmill.Host.Tests.SyncApi;

namespace Postmill.Host.Tests.Accounts;

public sealed class DisconnectTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task It_leaves_both_lists_and_its_mail_stays()
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.SeedAsync(3);
        var account = await tenant.ConnectAndSyncAsync();
        using (var answer = await tenant.Client.DeleteAsync($"/api/accounts/{account}"))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Golden.AssertMatches("done", await answer.Content.ReadAsStringAsync());
        }
        Assert.Empty(await tenant.AccountsAsync());
        Assert.Empty(await tenant.StatusesAsync());
        Assert.Equal(3, await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account));
        Assert.Equal(0, await tenant.CountAsync("SELECT count(*) FROM account WHERE id = $1 AND secret IS NOT NULL", account));

        using var sync = await tenant.PostSyncAsync(account);
        await sync.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
        foreach (var path in new[] { "test", "rotate" })
        {
            using var credentials = await tenant.Client.PostAsync($"/api/accounts/{account}/credentials/{path}", System.Net.Http.Json.JsonContent.Create(new { password = "x" }));
            await credentials.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
        }
    }

    [Fact]
    public async Task Its_mail_stays_readable_over_the_routes_of_the_mail()
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.SeedAsync(3);
        var account = await tenant.ConnectAndSyncAsync();
        var list = await tenant.Client.GetStringAsync($"/api/accounts/{account}/emails");
        using (var gone = await tenant.Client.DeleteAsync($"/api/accounts/{account}")) gone.EnsureSuccessStatusCode();
        Assert.Equal(list, await tenant.Client.GetStringAsync($"/api/accounts/{account}/emails"));
        using var document = System.Text.Json.JsonDocument.Parse(list);
        var emails = document.RootElement.GetProperty("emails").EnumerateArray().Select(e => e.GetProperty("id").GetString()).ToList();
        Assert.Equal(3, emails.Count);
        foreach (var email in emails)
            foreach (var path in new[] { "", "/body", "/parts", "/raw" })
            {
                using var answer = await tenant.Client.GetAsync($"/api/emails/{email}{path}");
                Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
            }
    }

    [Fact]
    public async Task What_is_not_there_is_404()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAsync();
        using (var first = await tenant.Client.DeleteAsync($"/api/accounts/{account}")) first.EnsureSuccessStatusCode();
        foreach (var id in new[] { account.ToString(), Guid.NewGuid().ToString(), "acc_0x9f2c", "..%2f", "%F0%9F%94%91", new string('a', 2_000) })
        {
            using var answer = await tenant.Client.DeleteAsync($"/api/accounts/{id}");
            await answer.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
        }
    }

    [Fact]
    public async Task A_first_sync_at_a_server_that_hangs_ends_within_5_seconds()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        gate.Hold(fromConnection: 2);
        var account = await tenant.ConnectAsync(("imap_port", gate.Port));
        await Eventually.TrueAsync("the first sync begins", () => Task.FromResult(gate.Accepted == 2));
        await AssertEndsAsync(tenant, account, gate);
    }

    [Fact]
    public async Task A_first_sync_in_the_middle_of_its_mail_ends_within_5_seconds_and_writes_nothing_more()
    {
        var tenant = await shared.NewTenantAsync();
        await tenant.SeedAsync(400);
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        gate.Hold(fromConnection: 2);
        gate.HoldAfterBytes = 60_000; // about a quarter of it
        var account = await tenant.ConnectAsync(("imap_port", gate.Port));
        await Eventually.TrueAsync("the mail is half way through", () => Task.FromResult(gate.Held));
        await AssertEndsAsync(tenant, account, gate);
        var stored = await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account);
        Assert.InRange(stored, 0, 399);
        gate.Release();
        Assert.Equal(stored, await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account));
    }

    [Fact]
    public async Task A_mailbox_that_is_waited_on_is_left_within_5_seconds_and_is_not_visited_again()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        await Eventually.TrueAsync("one connection waits", () => Task.FromResult(gate.Standing == 1));
        await AssertEndsAsync(tenant, account, gate);
        await tenant.DeliverAsync("too late");
        Assert.Equal(0, await tenant.EventsAsync());
        Assert.Equal(2, gate.Accepted);
    }

    [Fact]
    public async Task A_sync_that_a_POST_waits_for_ends_with_404()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        gate.Hold();
        var waiting = tenant.PostSyncAsync(account);
        await tenant.UntilAsync(account, "syncing");
        await AssertEndsAsync(tenant, account, gate);
        using var answer = await waiting;
        await answer.AssertErrorAsync(HttpStatusCode.NotFound, "account_not_found");
    }

    private static async Task AssertEndsAsync(Tenant tenant, Guid account, MailGate gate)
    {
        var began = TimeProvider.System.GetTimestamp();
        using (var answer = await tenant.Client.DeleteAsync($"/api/accounts/{account}")) Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Eventually.TrueAsync("no connection to the mail server stands", () => Task.FromResult(gate.Standing == 0), within: Promised);
        var took = TimeProvider.System.GetElapsedTime(began);
        Assert.True(took < Promised, $"it took {took}");
        Assert.Empty(await tenant.AccountsAsync());
    }
}
