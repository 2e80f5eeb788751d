using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

public sealed class ConnectionLossTests
{
    [Fact]
    public async Task Half_open_connection_is_noticed_when_idle_is_renewed()
    {
        // The bound: the time to the renewal, then ten seconds for the answer to DONE.
        await using var story = await LinedWorld.StartAsync(new()
        {
            ["Postmill:Sync:IdleRenewalSeconds"] = "1",
            ["Postmill:Sync:ReconnectFirstSeconds"] = "0.05",
            ["Postmill:Mail:CommandSeconds"] = "2",
        });
        var account = await story.World.ConnectAndSyncAsync();
        story.Line.Freeze();
        await story.World.Dovecot.DeliverAsync(story.World.Mailbox, Mails.Of("while nobody listened"));
        await Eventually.TrueAsync("the mail that came meanwhile is an event", async () => (await story.World.EventsAsync()).Count == 1, within: TimeSpan.FromSeconds(40));
        await story.World.AssertStoreEqualsServerAsync(account);
    }

    [Fact]
    public async Task Half_open_connection_found_by_a_run_is_replaced_and_the_run_succeeds()
    {
        // The bound: ten seconds for the answer to DONE where INBOX was watched, else one command's timeout.
        await using var story = await LinedWorld.StartAsync(new() { ["Postmill:Mail:CommandSeconds"] = "1" });
        var account = await story.World.ConnectAndSyncAsync();
        await Eventually.TrueAsync("INBOX is watched", () => Task.FromResult(story.Line.Standing > 0));
        story.Line.Freeze();
        await story.World.Dovecot.DeliverAsync(story.World.Mailbox, Mails.Of("found on a new connection"));
        var answer = await story.World.SyncAsync(account);
        Assert.Equal("synced", answer.GetProperty("status").GetString());
        await story.World.AssertStoreEqualsServerAsync(account);
    }

    [Fact]
    public async Task Server_that_accepts_and_drops_at_once_is_not_hammered()
    {
        await using var story = await LinedWorld.StartAsync(new()
        {
            ["Postmill:Sync:ReconnectFirstSeconds"] = "0.1",
            ["Postmill:Sync:ReconnectMostSeconds"] = "60",
        });
        var account = await story.World.ConnectAndSyncAsync();
        var before = story.Line.Accepted;
        story.Line.Cut();
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        await Eventually.TrueAsync("it was tried again", () => Task.FromResult(story.Line.Accepted >= before + 4));

        // Waits of at least 0.05, 0.1, 0.2, 0.4 … seconds: n tries take at least 0.05 · (2^n - 1).
        var tries = story.Line.Accepted - before;
        Assert.InRange(Math.Pow(2, tries - 1) - 1, 0, time.GetElapsedTime(began).TotalSeconds / 0.05);

        story.Line.Mend();
        await story.World.Dovecot.DeliverAsync(story.World.Mailbox, Mails.Of("served again"));
        await Eventually.TrueAsync("the connection is back", async () => (await story.World.EventsAsync()).Count == 1);
        await story.World.AssertStoreEqualsServerAsync(account);
    }

    [Fact]
    public async Task Server_killed_and_started_again_is_followed_on()
    {
        await using var world = await MailWorld.StartAsync(new Dictionary<string, string>(MailWorld.Unthrottled) { ["Postmill:Sync:ReconnectFirstSeconds"] = "0.05", ["Postmill:Sync:ReconnectMostSeconds"] = "0.2" }, new DovecotOptions());
        await world.Dovecot.SeedAsync(world.Mailbox, "INBOX", Mails.Many(20));
        var account = await world.ConnectAndSyncAsync();
        await world.Dovecot.KillAsync();
        await world.Dovecot.StartAsync();
        await world.Dovecot.DeliverAsync(world.Mailbox, Mails.Of("after the crash"));
        await Eventually.TrueAsync("the new mail is an event", async () => (await world.EventsAsync()).Count == 1);
        await world.AssertStoreEqualsServerAsync(account);
    }

    [Fact]
    public async Task Line_cut_in_the_middle_of_the_first_sync_loses_and_doubles_nothing()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.SeedAsync("INBOX", 2_000);
        await story.ConnectAsync();
        await Eventually.TrueAsync("some mails are stored", async () => (await story.IdsAsync()).Count > 0);
        story.Line.Cut();
        story.Line.Mend();
        await story.SyncAgainAsync();
        await story.World.AssertStoreEqualsServerAsync(story.Account);
        Assert.Empty(await story.NewsAsync());
    }
}
