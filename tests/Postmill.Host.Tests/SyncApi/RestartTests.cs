using System.Net;
using Postmill.Host.Tests.Accounts;
using Postmill.Host.Tests.Sync;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.SyncApi;

/// <summary>What a host knew of an account, the next one on the same database knows.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task Last_result_window_and_count_of_new_messages()
    {
        await using var world = await MailWorld.StartAsync();
        var tenant = new Tenant(world, world.User);
        var account = await tenant.ConnectAndSyncAsync();
        await tenant.SeedAsync(4, "Archive");
        var ran = await tenant.SyncAsync(account);
        Assert.Equal("synced", ran.GetProperty("status").GetString());
        await tenant.DeliverAsync("five");
        await Eventually.TrueAsync("a new message is counted", async () => (await tenant.StatusAsync(account)).GetProperty("newMessageCount").GetInt32() == 1);
        await world.Host.StopAsync();

        await using var next = await NextAsync(world);
        var again = new Tenant(world, SignedInAt(next, world.User));
        Assert.Equal(1, (await again.StatusAsync(account)).GetProperty("newMessageCount").GetInt32());
        await again.UntilAsync(account, "idle");
        var queued = await again.SyncAsync(account);
        Assert.Equal("queued", queued.GetProperty("status").GetString());
        await world.AssertStoreEqualsServerAsync(account, tenant.Mailbox);
        Assert.Equal(1, await CountEventsAsync(world, next));
    }

    [Fact]
    public async Task A_first_sync_that_was_going_is_gone_on_with_at_once_and_what_it_brings_is_no_news()
    {
        await using var world = await MailWorld.StartAsync();
        var tenant = new Tenant(world, world.User);
        await tenant.SeedAsync(5);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        gate.Hold(fromConnection: 2);
        var account = await tenant.ConnectAsync(("imap_port", gate.Port));
        await Eventually.TrueAsync("the first sync begins", () => Task.FromResult(gate.Accepted == 2));
        await world.Host.StopAsync();
        gate.Release();

        await using var next = await NextAsync(world);
        var again = new Tenant(world, SignedInAt(next, world.User));
        await again.UntilAsync(account, "idle");
        await world.AssertStoreEqualsServerAsync(account, tenant.Mailbox);
        Assert.Equal(0, await CountEventsAsync(world, next));
    }

    [Fact]
    public async Task The_ladder_and_with_it_manual_intervention()
    {
        await using var world = await MailWorld.StartAsync();
        var tenant = new Tenant(world, world.User);
        await using var gate = MailGate.Open(world.Dovecot.ImapsPort);
        var account = await tenant.ConnectAndSyncAsync(("imap_port", gate.Port));
        gate.Shut = true;
        gate.Cut();
        await world.Host.StopAsync();

        // Each host finds the retry due, fails at it and climbs one rung; the last one waits for a person.
        foreach (var (rungs, minutes) in new (int, int?)[] { (0, 1), (1, 5), (2, 15), (3, null) })
        {
            await DueAsync(world, account, rungs);
            await using var host = await NextAsync(world);
            var user = new Tenant(world, SignedInAt(host, world.User));
            await user.UntilAsync(account, "failed");
            var status = await user.StatusAsync(account);
            Assert.Equal(minutes is null, status.GetProperty("requiresManualIntervention").GetBoolean());
            if (minutes is null) Assert.False(status.TryGetProperty("nextRetryAt", out _));
            else Assert.InRange(status.GetProperty("nextRetryAt").GetDateTimeOffset() - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(minutes.Value - 0.9), TimeSpan.FromMinutes(minutes.Value));
        }

        await using var last = await NextAsync(world);
        var person = new Tenant(world, SignedInAt(last, world.User));
        Assert.True((await person.StatusAsync(account)).GetProperty("requiresManualIntervention").GetBoolean());
        gate.Shut = false;
        using (var cleared = await person.PostSyncAsync(account)) Assert.Equal(HttpStatusCode.OK, cleared.StatusCode);
        Assert.False((await person.StatusAsync(account)).TryGetProperty("requiresManualIntervention", out _));
    }

    private static Task<HostFixture> NextAsync(MailWorld world) => HostFixture.StartAsync(new HostFixtureOptions
    {
        ConnectionString = world.Host.ConnectionString,
        Settings = new Dictionary<string, string>
        {
            ["Postmill:Mail:AllowPrivateHosts"] = "true",
            ["Postmill:Mail:TrustedCertificates"] = TestCertificates.Shared.AuthorityPath,
            ["Postmill:Sync:SweepSeconds"] = "0.2",
        },
    });

    /// <summary>The session of the first host, at the next one.</summary>
    private static SignedIn SignedInAt(HostFixture host, SignedIn user) => user with { Client = host.NewClient(user.Token) };

    private static async Task<long> CountEventsAsync(MailWorld world, HostFixture host)
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(host.ConnectionString);
        await using var select = database.CreateCommand("SELECT count(*) FROM event WHERE user_id = $1 AND type = 'email_received'");
        select.Parameters.Add(new() { Value = world.User.UserId });
        return (long)(await select.ExecuteScalarAsync())!;
    }

    /// <summary>The time until the next run has passed.</summary>
    private static async Task DueAsync(MailWorld world, Guid account, int rungs)
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(world.Host.ConnectionString);
        await using var update = database.CreateCommand(
            "UPDATE account SET next_sync_at = now() - interval '1 second', last_error = NULL, swept_at = NULL WHERE id = $1 AND failed_runs = $2 AND owner IS NULL");
        update.Parameters.Add(new() { Value = account });
        update.Parameters.Add(new() { Value = rungs });
        Assert.Equal(1, await update.ExecuteNonQueryAsync());
    }
}
