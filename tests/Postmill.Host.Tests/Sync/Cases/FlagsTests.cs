using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

public sealed class FlagsTests
{
    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.CondStore), InlineData(ServerKind.Plain)]
    public async Task Flags_and_keywords_changed_while_disconnected_are_found(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.SeedAsync("INBOX", 60);
        await story.SeedAsync("Work", 60);
        await story.ConnectAndSyncAsync();

        foreach (var folder in new[] { "INBOX", "Work" })
        {
            await story.WhileAwayAsync(() => ChangeAsync(story, folder));
            await story.SyncAndCompareAsync();
        }

        Assert.Equal(2, await WithFlagAsync(story, "$Forwarded"));
        Assert.Equal(2, await WithFlagAsync(story, @"\Flagged"));
        Assert.Empty(await story.NewsAsync());
    }

    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.CondStore)]
    public async Task Highestmodseq_that_went_down_makes_all_flags_be_read(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.SeedAsync("INBOX", 20);
        await story.ConnectAndSyncAsync();
        for (var i = 0; i < 5; i++) await story.DoveadmAsync(i % 2 == 0 ? "flags add" : "flags remove", @"\Flagged", "mailbox", "INBOX", "uid", "1:20");
        await story.SyncAndCompareAsync();

        await story.WhileAwayAsync(async () =>
        {
            // A restored or rebuilt server counts its mod-sequences anew; the flags of a maildir are in the file names.
            var path = (await story.DoveadmAsync("mailbox path", "INBOX")).Trim();
            foreach (var index in Directory.EnumerateFiles(path, "dovecot.index*")) File.Delete(index);
            foreach (var mail in Directory.EnumerateFiles(Path.Combine(path, "cur")).Order(StringComparer.Ordinal).Take(3)) File.Move(mail, mail[..mail.LastIndexOf(',')] + ",RS");
        });
        await story.SyncAndCompareAsync();
        Assert.Equal(3, await WithFlagAsync(story, @"\Answered"));
    }

    [Fact]
    public async Task Nomodseq_of_a_server_that_announces_condstore_is_followed_by_scanning()
    {
        // Indexes in memory: no mod-sequence lasts.
        await using var world = await MailWorld.StartAsync(MailWorld.Unthrottled, new DovecotOptions { ExtraConfig = "mail_location = maildir:~/Maildir:INDEX=MEMORY" });
        foreach (var mail in Mails.Many(20)) await world.Dovecot.DeliverAsync(world.Mailbox, mail, "Work");
        var account = await world.ConnectAndSyncAsync();
        await world.Dovecot.DoveadmAsync("flags", "add", "-u", world.Mailbox, @"\Answered", "mailbox", "Work", "uid", "2,5:7");
        await world.Dovecot.DoveadmAsync("expunge", "-u", world.Mailbox, "mailbox", "Work", "uid", "1,20");
        await world.Dovecot.DeliverAsync(world.Mailbox, Mails.Of("one more"), "Work");
        await world.SyncAsync(account);
        await world.AssertStoreEqualsServerAsync(account);
    }

    [Fact]
    public async Task Flag_changed_while_the_inbox_is_watched_is_seen_without_a_run()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.SeedAsync("INBOX", 5);
        await story.ConnectAndSyncAsync();
        await story.DoveadmAsync("flags add", @"\Flagged", "mailbox", "INBOX", "uid", "3");
        await Eventually.TrueAsync("the flag is in the store", async () => await WithFlagAsync(story, @"\Flagged") == 1);
        await story.World.AssertStoreEqualsServerAsync(story.Account);
    }

    private static async Task ChangeAsync(CaseWorld story, string folder)
    {
        await story.DoveadmAsync("flags add", @"\Flagged", "mailbox", folder, "uid", "1");
        await story.DoveadmAsync("flags add", "$Forwarded", "mailbox", folder, "uid", "30");
        await story.DoveadmAsync("flags add", @"\Answered \Draft custom-keyword", "mailbox", folder, "uid", "40:50");
        await story.DoveadmAsync("flags remove", @"\Seen", "mailbox", folder, "uid", "60");
    }

    private static async Task<long> WithFlagAsync(CaseWorld story, string flag) => (await story.QueryAsync(
        "SELECT count(*) FROM location l JOIN folder f ON f.id = l.folder_id WHERE f.account_id = $1 AND $2 = ANY (l.flags)", r => r.GetInt64(0), flag))[0];
}
