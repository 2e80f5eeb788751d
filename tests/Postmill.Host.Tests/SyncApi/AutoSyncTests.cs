using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.SyncApi;

/// <summary>Syncs that nobody asked for: at once after connecting, by the timer, by IDLE.</summary>
public sealed class AutoSyncTests
{
    private static readonly Dictionary<string, string> EverySecond = new() { ["Postmill:Sync:IntervalSeconds"] = "1" };

    [Fact]
    public async Task Connecting_an_account_syncs_it_without_a_request()
    {
        await using var world = await MailWorld.StartAsync();
        var tenant = new Tenant(world, world.User);
        await tenant.SeedAsync(2);
        var account = await tenant.ConnectAsync();
        await Eventually.TrueAsync("its mail is stored", async () => await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account) == 2);
    }

    [Fact]
    public async Task The_timer_syncs_what_IDLE_does_not_see_and_opens_no_window()
    {
        await using var world = await MailWorld.StartAsync(EverySecond);
        var tenant = new Tenant(world, world.User);
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.DeliverAsync("filed by a filter", "Archive");
        await Eventually.TrueAsync("a timer's run stored it", async () => (await tenant.StatusAsync(account)).GetProperty("newMessageCount").GetInt32() == 1);
        await Eventually.TrueAsync("a POST runs though a timer's run just did", async () => (await tenant.SyncAsync(account)).GetProperty("status").GetString() == "synced");
        Assert.Equal("queued", (await tenant.SyncAsync(account)).GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_server_without_IDLE_is_synced_by_the_timer()
    {
        await using var world = await MailWorld.StartAsync(EverySecond, new DovecotOptions { Without = ["IDLE", "NOTIFY"] });
        var tenant = new Tenant(world, world.User);
        await tenant.ConnectAndSyncAsync();
        await tenant.DeliverAsync("news");
        await Eventually.TrueAsync("it is news", async () => await tenant.EventsAsync() == 1);
    }

    [Fact]
    public async Task IDLE_sees_new_mail_long_before_the_timer_and_after_a_lost_connection_too()
    {
        await using var world = await MailWorld.StartAsync(new Dictionary<string, string> { ["Postmill:Sync:ReconnectFirstSeconds"] = "0.1" });
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        await tenant.DeliverAsync("one");
        await Eventually.TrueAsync("the first is news", async () => await tenant.EventsAsync() == 1);
        gate.Cut();
        await tenant.DeliverAsync("two");
        await Eventually.TrueAsync("the second is news", async () => await tenant.EventsAsync() == 2);
    }
}
