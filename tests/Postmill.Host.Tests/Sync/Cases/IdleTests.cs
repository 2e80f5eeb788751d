using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

public sealed class IdleTests
{
    private static readonly Dictionary<string, string> Quick = new()
    {
        ["Postmill:Sync:IdleRenewalSeconds"] = "1",
        ["Postmill:Sync:ReconnectFirstSeconds"] = "0.05",
        ["Postmill:Mail:PollSeconds"] = "0.2",
    };

    [Fact]
    public async Task Idle_is_renewed_on_the_same_connection()
    {
        await using var story = await LinedWorld.StartAsync(Quick);
        var account = await story.World.ConnectAndSyncAsync();
        await Eventually.TrueAsync("INBOX is watched", () => Task.FromResult(story.Line.Standing == 1));
        var (connections, uttered) = (story.Line.Accepted, story.Line.Uttered);
        await Eventually.TrueAsync("DONE and IDLE were said twice more", () => Task.FromResult(story.Line.Uttered >= uttered + 4));
        await DeliveredAsync(story, account);
        Assert.Equal(connections, story.Line.Accepted);
    }

    [Fact]
    public async Task Server_that_never_answers_done_is_left_and_its_mail_is_seen()
    {
        await using var story = await InTheClearAsync(said => said.Replace("DONE\r\n", "", StringComparison.Ordinal));
        var account = await story.World.ConnectAndSyncAsync();
        var connections = story.Line.Accepted;
        await DeliveredAsync(story, account, andSync: false); // ten seconds for each DONE
        Assert.True(story.Line.Accepted > connections); // the stuck connection was given up
    }

    [Fact]
    public async Task Server_that_refuses_idle_is_polled_on_one_connection()
    {
        await using var story = await InTheClearAsync(said => said.Replace(" IDLE\r\n", " XDLE\r\n", StringComparison.Ordinal));
        var account = await story.World.ConnectAndSyncAsync();
        await Eventually.TrueAsync("INBOX is watched", () => Task.FromResult(story.Line.Standing == 1));
        var connections = story.Line.Accepted;
        await DeliveredAsync(story, account);
        Assert.Equal(connections, story.Line.Accepted);
    }

    [Fact]
    public async Task Server_without_idle_is_polled()
    {
        await using var story = await LinedWorld.StartAsync(Quick, new DovecotOptions { Without = ["IDLE", "NOTIFY"] });
        await DeliveredAsync(story, await story.World.ConnectAndSyncAsync());
    }

    private static async Task DeliveredAsync(LinedWorld story, Guid account, bool andSync = true)
    {
        await story.World.Dovecot.DeliverAsync(story.World.Mailbox, Mails.Of("new"));
        await Eventually.TrueAsync("the new mail is an event", async () => (await story.World.EventsAsync()).Count == 1);
        await story.World.AssertStoreEqualsServerAsync(account);
        if (andSync) await story.World.SyncAsync(account);
        Assert.Single(await story.World.EventsAsync());
    }

    private static async Task<LinedWorld> InTheClearAsync(Func<string, string> fromClient)
    {
        var story = await LinedWorld.StartAsync(Quick, lineTo: server => new TcpProxy(server.ImapPort) { FromClient = fromClient });
        story.World.ImapTls = "none";
        return story;
    }
}
