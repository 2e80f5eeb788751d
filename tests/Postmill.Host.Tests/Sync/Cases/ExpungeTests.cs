namespace Postmill.Host.Tests.Sync.Cases;

public sealed class ExpungeTests
{
    private const int Seeded = 200;

    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.CondStore), InlineData(ServerKind.Plain)]
    public async Task Expunged_while_disconnected_leaves_the_store_and_nothing_else_does(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.SeedAsync("INBOX", Seeded);
        await story.SeedAsync("Work", Seeded);
        await story.ConnectAndSyncAsync();
        var ids = await story.IdsAsync();

        await GoneAsync(story, "1");
        await GoneAsync(story, $"{Seeded}");
        await GoneAsync(story, "77");
        await GoneAsync(story, string.Join(',', Enumerable.Range(1, Seeded).Where(uid => uid % 2 == 0)));
        await GoneAsync(story, "1:*");

        Assert.Equal(ids, await story.IdsAsync()); // the places go, the messages stay
        Assert.Empty(await story.NewsAsync());
    }

    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.CondStore), InlineData(ServerKind.Plain)]
    public async Task Expunge_and_append_that_leave_the_count_unchanged_are_both_seen(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.SeedAsync("INBOX", 50);
        await story.SeedAsync("Work", 50);
        await story.ConnectAndSyncAsync();

        await ReplacedAsync(story, "10", "instead of one in the middle");
        await ReplacedAsync(story, "50", "instead of the highest");
        await ReplacedAsync(story, "51", "instead of the last one appended");
        Assert.Equal(
            ["instead of one in the middle", "instead of the highest", "instead of the last one appended"],
            (await story.NewsAsync()).Distinct());
        Assert.Equal(6, (await story.NewsAsync()).Count);
    }

    [Fact]
    public async Task Expunge_while_the_inbox_is_watched_is_seen_without_a_run()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.SeedAsync("INBOX", 20);
        await story.ConnectAndSyncAsync();
        await story.ExpungeAsync("INBOX", "4,9:11");
        await Eventually.TrueAsync("four mails left the store",
            async () => (await StoredMailbox.ReadAsync(story.World.Host.ConnectionString, story.Account)).Count == 16);
        await story.World.AssertStoreEqualsServerAsync(story.Account);
    }

    private static async Task GoneAsync(CaseWorld story, string uids)
    {
        await story.WhileAwayAsync(async () =>
        {
            await story.ExpungeAsync("INBOX", uids);
            await story.ExpungeAsync("Work", uids);
        });
        await story.SyncAndCompareAsync();
    }

    private static async Task ReplacedAsync(CaseWorld story, string uid, string subject)
    {
        await story.WhileAwayAsync(async () =>
        {
            foreach (var folder in new[] { "INBOX", "Work" })
            {
                await story.ExpungeAsync(folder, uid);
                await story.DeliverAsync(subject, folder);
            }
        });
        await story.SyncAndCompareAsync();
    }
}
