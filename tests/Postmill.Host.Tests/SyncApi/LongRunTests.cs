using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.SyncApi;

/// <summary>Runs that outlast the request or the host, and many requests for one run.</summary>
public sealed class LongRunTests
{
    [Fact]
    public async Task A_run_of_more_than_60_seconds_is_answered_with_the_previous_result_and_goes_on()
    {
        await using var world = await MailWorld.StartAsync(
            new Dictionary<string, string> { ["Postmill:Mail:CommandSeconds"] = "300" },
            host: new HostFixtureOptions { Configure = builder => builder.Services.AddSingleton<TimeProvider>(new ShortWait()) });
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        await tenant.SeedAsync(3);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        await tenant.SeedAsync(2, "Archive");
        gate.Hold();
        var answer = await tenant.SyncAsync(account);
        Assert.Equal("queued", answer.GetProperty("status").GetString());
        Assert.Equal(3, answer.GetProperty("newMessages").GetInt32());
        Assert.Equal("syncing", (await tenant.StatusAsync(account)).GetProperty("syncStatus").GetString());
        gate.Release();
        await tenant.UntilAsync(account, "idle");
        Assert.Equal(5, await tenant.CountAsync("SELECT count(*) FROM message WHERE account_id = $1", account));
    }

    [Fact]
    public async Task Many_POSTs_at_once_are_one_run()
    {
        await using var world = await MailWorld.StartAsync();
        var tenant = new Tenant(world, world.User);
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.SeedAsync(4, "Archive");
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => tenant.SyncAsync(account)));
        Assert.Equal(4, Assert.Single(answers, a => Status(a) == "synced").GetProperty("newMessages").GetInt32());
        Assert.Equal(9, answers.Count(a => Status(a) == "queued"));
    }

    [Fact]
    public async Task Mail_that_could_not_be_fetched_by_a_failed_run_is_fetched_by_the_next_and_counted_once()
    {
        await using var world = await MailWorld.StartAsync(MailWorld.Unthrottled);
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        await tenant.SeedAsync(4, "Archive");
        gate.Shut = true;
        gate.Cut();
        using (var failed = await tenant.PostSyncAsync(account)) await failed.AssertErrorAsync(System.Net.HttpStatusCode.BadGateway, "imap_unreachable");
        gate.Shut = false;
        Assert.Equal(4, (await tenant.SyncAsync(account)).GetProperty("newMessages").GetInt32());
        Assert.Equal(0, (await tenant.SyncAsync(account)).GetProperty("newMessages").GetInt32());
    }

    private static string? Status(JsonElement answer) => answer.GetProperty("status").GetString();
}
