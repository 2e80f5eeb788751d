using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.SyncApi;

/// <summary>The throttle window [0 s, 30 s) at its edges, on a calendar that the test turns.</summary>
public sealed class WindowTests
{
    private readonly CalendarClock _clock = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task It_is_half_open_and_a_POST_inside_it_does_not_extend_it()
    {
        await using var world = await StartAsync();
        var tenant = new Tenant(world, world.User);
        var account = await tenant.ConnectAndSyncAsync();
        var ran = await tenant.SyncAsync(account);
        Assert.Equal("synced", Status(ran));

        _clock.Turn(TimeSpan.FromSeconds(20));
        var inside = await tenant.SyncAsync(account);
        Assert.Equal("queued", Status(inside));
        Assert.Equal(ran.GetProperty("syncedAt").GetString(), inside.GetProperty("syncedAt").GetString());
        _clock.Turn(TimeSpan.FromSeconds(9.999));
        Assert.Equal("queued", Status(await tenant.SyncAsync(account)));
        _clock.Turn(TimeSpan.FromSeconds(0.001));
        var after = await tenant.SyncAsync(account);
        Assert.Equal("synced", Status(after));
        Assert.NotEqual(ran.GetProperty("syncedAt").GetString(), after.GetProperty("syncedAt").GetString());
        Assert.Equal("queued", Status(await tenant.SyncAsync(account)));
    }

    [Fact]
    public async Task It_begins_with_the_run_not_with_its_end()
    {
        await using var world = await StartAsync();
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        gate.Hold();
        var slow = tenant.SyncAsync(account);
        await tenant.UntilAsync(account, "syncing");
        _clock.Turn(TimeSpan.FromSeconds(25));
        gate.Release();
        Assert.Equal("synced", Status(await slow));
        Assert.Equal("queued", Status(await tenant.SyncAsync(account)));
        _clock.Turn(TimeSpan.FromSeconds(5));
        Assert.Equal("synced", Status(await tenant.SyncAsync(account)));
    }

    [Fact]
    public async Task A_POST_that_failed_opens_it_too_and_gives_back_the_last_result_that_was()
    {
        await using var world = await StartAsync();
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        var last = (await tenant.StatusAsync(account)).GetProperty("lastSyncAt").GetString();
        gate.Shut = true;
        gate.Cut();
        using (var failed = await tenant.PostSyncAsync(account)) await failed.AssertErrorAsync(System.Net.HttpStatusCode.BadGateway, "imap_unreachable");
        gate.Shut = false;
        var queued = await tenant.SyncAsync(account);
        Assert.Equal("queued", Status(queued));
        Assert.Equal(last, queued.GetProperty("syncedAt").GetString());
        _clock.Turn(TimeSpan.FromSeconds(30));
        Assert.Equal("synced", Status(await tenant.SyncAsync(account)));
    }

    private Task<MailWorld> StartAsync() => MailWorld.StartAsync(host: new HostFixtureOptions { Configure = builder => builder.Services.AddSingleton<TimeProvider>(_clock) });

    private static string? Status(JsonElement answer) => answer.GetProperty("status").GetString();
}
