using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Postmill.Host.Start;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;

namespace Postmill.Host.Tests.Cluster;

/// <summary>A silo whose clock is an hour off the database's and the other silos'.</summary>
public sealed class TroubleClockTests
{
    [Theory]
    [InlineData(1, "ahead of")]
    [InlineData(-1, "behind")]
    public async Task What_a_silo_writes_while_its_clock_is_an_hour_off_is_right_for_the_next_owner(int hours, string side)
    {
        await using var cluster = await ClusterHosts.NewAsync();
        var skewed = await cluster.StartAsync(configure: b => b.Services.AddSingleton(new StorageClock(new ShiftedClock(TimeSpan.FromHours(hours)))), settings: ("Postmill:Sync:ThrottleSeconds", "2"));
        Assert.Contains(skewed.Logs.Lines, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains($"3600 s {side} that of PostgreSQL", StringComparison.Ordinal));

        var world = await MailWorld.InAsync(skewed, await SharedDovecot.GetAsync());
        var tenant = new Tenant(world, world.User);
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.SyncAsync(account);
        await tenant.DeliverAsync("at what time?");
        await Eventually.TrueAsync("the mail is news", async () => await tenant.EventsAsync() == 1);

        Assert.True(await cluster.ScalarAsync<bool>("SELECT next_sync_at BETWEEN now() + interval '4 minutes' AND now() + interval '5 minutes 10 seconds' FROM account WHERE id = $1", account), "the next run is due in 5 minutes");
        Assert.True(await cluster.ScalarAsync<bool>("SELECT window_start BETWEEN now() - interval '1 minute' AND now() + interval '10 seconds' FROM account WHERE id = $1", account), "the throttle window began just now");
        Assert.True(await cluster.ScalarAsync<bool>("SELECT at BETWEEN now() - interval '1 minute' AND now() + interval '10 seconds' FROM event WHERE user_id = $1", world.User.UserId), "the event was just now");
        Assert.True(await cluster.ScalarAsync<bool>("SELECT bool_and(expires_at BETWEEN now() + interval '29 days' AND now() + interval '30 days 1 minute') FROM session WHERE user_id = $1", world.User.UserId), "the session lasts 30 days");
        Assert.True(await cluster.ScalarAsync<bool>("SELECT seen_at BETWEEN now() - interval '20 seconds' AND now() FROM silo WHERE owner = $1", ClusterHosts.Owner(skewed)), "the sign of life is the database's");

        var right = await cluster.StartAsync(settings: ("Postmill:Sync:ThrottleSeconds", "2"));
        await skewed.StopAsync();
        var next = new Tenant(world, ClusterHosts.At(right, world.User));
        await Eventually.TrueAsync("the next owner runs a sync that is asked for", async () =>
        {
            using var answer = await next.PostSyncAsync(account);
            return answer.IsSuccessStatusCode && (await answer.JsonAsync()).GetProperty("status").GetString() == "synced";
        });
        Assert.Equal(ClusterHosts.Owner(right), await cluster.ScalarAsync<string>("SELECT owner FROM account WHERE id = $1", account));
    }

    [Fact]
    public async Task A_clock_that_is_set_while_the_silo_runs_is_followed()
    {
        await using var database = NpgsqlDataSource.Create(await TestDatabase.CreateAsync());
        var machine = new ShiftedClock(TimeSpan.Zero);
        var clock = new StorageClock(machine);
        using var logs = new CapturedLogs();
        using var loggers = LoggerFactory.Create(b => b.AddProvider(logs));
        using var watch = new StorageClockWatch(database, clock, loggers.CreateLogger<StorageClockWatch>());
        foreach (var (shift, corrected) in new[] { (0, 0), (4, 0), (-4, 0), (90, -90), (90, -90), (-7200, 7200), (0, 0) })
        {
            machine.Shift = TimeSpan.FromSeconds(shift);
            await watch.LookAsync(CancellationToken.None);
            Assert.Equal(corrected, Math.Round(clock.Offset.TotalSeconds));
        }
        Assert.Equal(["90 s ahead of", "7200 s behind", "agrees"], logs.Lines.Select(l => new[] { "90 s ahead of", "7200 s behind", "agrees" }.FirstOrDefault(l.Contains)));
    }

    private sealed class ShiftedClock(TimeSpan shift) : TimeProvider
    {
        public TimeSpan Shift { get; set; } = shift;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Shift;
    }
}
