using System.Net;
using System.Text.Json;
using Postmill.Host.Tests.Accounts;

namespace Postmill.Host.Tests.SyncApi;

/// <summary><c>GET /api/sync</c>.</summary>
public sealed class SyncStatusTests(TenantWorld shared) : IClassFixture<TenantWorld>
{
    [Fact]
    public async Task It_shows_the_fields_of_the_page_and_asks_no_mail_server()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        gate.Hold();
        var accepted = gate.Accepted;
        Golden.AssertMatches("sync_statuses", tenant.AsOnThePage(await tenant.Client.GetStringAsync("/api/sync")));
        Assert.Equal(accepted, gate.Accepted);
    }

    [Fact]
    public async Task Accounts_are_listed_oldest_first_and_only_ones_own()
    {
        var tenant = await shared.NewTenantAsync();
        var connected = new List<Guid> { await tenant.ConnectAsync() };
        for (var more = 0; more < 2; more++)
        {
            var mailbox = shared.World.NewMailbox();
            connected.Add(await tenant.ConnectAsync(("email", mailbox), ("username", mailbox)));
        }
        Assert.Equal(connected, (await tenant.StatusesAsync()).Select(a => a.GetProperty("id").GetGuid()));
        Assert.Equal(connected, (await tenant.AccountsAsync()).Select(a => a.GetProperty("id").GetGuid()));
    }

    [Fact]
    public async Task It_says_syncing_while_a_run_is_going_and_keeps_the_last_success()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        var last = (await tenant.StatusAsync(account)).GetProperty("lastSyncAt").GetString();
        gate.Hold();
        var running = tenant.PostSyncAsync(account);
        await tenant.UntilAsync(account, "syncing");
        Assert.Equal(last, (await tenant.StatusAsync(account)).GetProperty("lastSyncAt").GetString());
        gate.Release();
        using var ended = await running;
        Assert.Equal("idle", (await tenant.StatusAsync(account)).GetProperty("syncStatus").GetString());
    }

    [Fact]
    public async Task The_count_of_new_messages_grows_with_mail_and_falls_when_a_POST_hands_the_result()
    {
        var tenant = await shared.NewTenantAsync();
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.DeliverAsync("one");
        await tenant.DeliverAsync("two");
        await Eventually.TrueAsync("two new messages are counted", async () => await CountAsync(tenant, account) == 2);
        await tenant.SeedAsync(1, "Archive");
        Assert.Equal(1, (await tenant.SyncAsync(account)).GetProperty("newMessages").GetInt32());
        Assert.Equal(0, await CountAsync(tenant, account));
        await tenant.DeliverAsync("three");
        await Eventually.TrueAsync("the third is counted", async () => await CountAsync(tenant, account) == 1);
    }

    [Fact]
    public async Task A_failed_account_says_why_and_when_it_is_tried_again()
    {
        var tenant = await shared.NewTenantAsync();
        await using var gate = MailGate.Open(shared.World.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        shared.World.Dovecot.AddUser(tenant.Mailbox, "changed at the provider");
        gate.Cut();
        using (var failed = await tenant.PostSyncAsync(account))
        {
            var body = await failed.AssertErrorAsync(HttpStatusCode.BadGateway, "imap_auth_failed");
            Golden.AssertMatches("sync_failed", body.ToString().Replace(body.GetProperty("error").GetString()!, "<why>", StringComparison.Ordinal));
            Assert.Equal(account, body.GetProperty("accountId").GetGuid());
        }
        var why = (await tenant.StatusAsync(account)).GetProperty("lastError").GetString()!;
        Assert.DoesNotContain(Sync.MailWorld.Password, why, StringComparison.Ordinal);
        var list = tenant.AsOnThePage(await tenant.Client.GetStringAsync("/api/sync")).Replace(JsonEncodedText.Encode(why).ToString(), "<why>", StringComparison.Ordinal);
        Golden.AssertMatches("sync_statuses_failed", list.Replace(why, "<why>", StringComparison.Ordinal));
    }

    private static async Task<int> CountAsync(Tenant tenant, Guid account) => (await tenant.StatusAsync(account)).GetProperty("newMessageCount").GetInt32();
}
