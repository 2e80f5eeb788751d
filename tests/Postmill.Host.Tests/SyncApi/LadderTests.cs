using System.Net;
using System.Text.Json;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.SyncApi;

/// <summary>Failures of automatic runs, and what a person's POST changes about them.</summary>
public sealed class LadderTests
{
    [Fact]
    public async Task A_timer_run_that_fails_is_tried_again_in_a_minute_and_a_POST_does_not_climb_but_clears()
    {
        await using var world = await MailWorld.StartAsync(new Dictionary<string, string> { ["Postmill:Sync:IntervalSeconds"] = "1", ["Postmill:Sync:ThrottleSeconds"] = "0" });
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        gate.Shut = true;
        gate.Cut();
        await tenant.UntilAsync(account, "failed");
        var first = await tenant.StatusAsync(account);
        Assert.InRange(Retry(first) - TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60));
        Assert.Equal(1, await tenant.CountAsync("SELECT failed_runs::bigint FROM account WHERE id = $1", account));

        using (var failed = await tenant.PostSyncAsync(account)) await failed.AssertErrorAsync(HttpStatusCode.BadGateway, "imap_unreachable");
        Assert.Equal(1, await tenant.CountAsync("SELECT failed_runs::bigint FROM account WHERE id = $1", account));
        Assert.InRange(Retry(await tenant.StatusAsync(account)) - TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(61));

        gate.Shut = false;
        await tenant.SyncAsync(account);
        Assert.Equal(0, await tenant.CountAsync("SELECT failed_runs::bigint FROM account WHERE id = $1", account));
        var last = (await tenant.StatusAsync(account)).GetProperty("lastSyncAt").GetDateTimeOffset();
        await tenant.DeliverAsync("for the timer", "Archive");
        await Eventually.TrueAsync("the timer runs again", async () => await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account) == 1);
        Assert.True((await tenant.StatusAsync(account)).GetProperty("lastSyncAt").GetDateTimeOffset() >= last);
    }

    private static DateTimeOffset Retry(JsonElement status) => status.GetProperty("nextRetryAt").GetDateTimeOffset();
}
