namespace Postmill.Host.Tests.Sync.Cases;

public sealed class MovesTests
{
    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.CondStore), InlineData(ServerKind.Plain)]
    public async Task Moved_mail_keeps_its_id_and_is_no_news(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.DoveadmAsync("mailbox create", "Work");
        await story.ConnectAndSyncAsync();
        await story.DeliverAsync("the moved one");
        await story.DeliverAsync("the one that stays");
        await story.SyncAndCompareAsync();
        var before = Assert.Single(await story.PlacesAsync("the moved one"));

        await story.WhileAwayAsync(() => story.DoveadmAsync("move", "Work", "mailbox", "INBOX", "subject", "moved"));
        await story.SyncAndCompareAsync();

        var after = Assert.Single(await story.PlacesAsync("the moved one"));
        Assert.Equal("Work", after.Folder);
        Assert.Equal(before.Id, after.Id);
        Assert.Equal(["the moved one", "the one that stays"], await story.NewsAsync());
    }

    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.Plain)]
    public async Task Copied_flagged_deleted_and_expunged_is_a_move_by_hand(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.DoveadmAsync("mailbox create", "Work");
        await story.ConnectAndSyncAsync();
        await story.DeliverAsync("copied");
        await story.SyncAndCompareAsync();
        var before = Assert.Single(await story.PlacesAsync("copied"));

        await story.DoveadmAsync("copy", "Work", "mailbox", "INBOX", "subject", "copied");
        await story.SyncAndCompareAsync();
        var both = await story.PlacesAsync("copied");
        Assert.Equal(["INBOX", "Work"], both.Select(p => p.Folder));
        Assert.All(both, place => Assert.Equal(before.Id, place.Id));

        await story.WhileAwayAsync(async () =>
        {
            await story.DoveadmAsync("flags add", @"\Deleted", "mailbox", "INBOX", "subject", "copied");
            await story.DoveadmAsync("expunge", "mailbox", "INBOX", "deleted");
        });
        await story.SyncAndCompareAsync();
        Assert.Equal(("Work", before.Id), Assert.Single((await story.PlacesAsync("copied")).Select(p => (p.Folder, p.Id))));
        Assert.Equal(["copied"], await story.NewsAsync());
    }

    [Fact]
    public async Task Moved_and_moved_back_between_two_runs_is_one_new_place()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.DoveadmAsync("mailbox create", "Work");
        await story.ConnectAndSyncAsync();
        await story.DeliverAsync("there and back");
        await story.SyncAndCompareAsync();
        var before = Assert.Single(await story.PlacesAsync("there and back"));

        await story.WhileAwayAsync(async () =>
        {
            await story.DoveadmAsync("move", "Work", "mailbox", "INBOX", "all");
            await story.DoveadmAsync("move", "INBOX", "mailbox", "Work", "all");
        });
        await story.SyncAndCompareAsync();

        var after = Assert.Single(await story.PlacesAsync("there and back"));
        Assert.Equal(("INBOX", before.Id), (after.Folder, after.Id));
        Assert.True(after.Uid > before.Uid);
        Assert.Single(await story.NewsAsync());
    }

    [Fact]
    public async Task Mail_moved_out_and_back_later_is_the_same_message()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.DoveadmAsync("mailbox create", "Work");
        await story.ConnectAndSyncAsync();
        await story.DeliverAsync("wanderer");
        await story.SyncAndCompareAsync();
        var before = Assert.Single(await story.PlacesAsync("wanderer"));
        foreach (var (from, to) in new[] { ("INBOX", "Trash"), ("Trash", "Work"), ("Work", "INBOX") })
        {
            await story.DoveadmAsync("move", to, "mailbox", from, "all");
            await story.SyncAndCompareAsync();
            Assert.Equal(before.Id, Assert.Single(await story.PlacesAsync("wanderer")).Id);
        }

        Assert.Single(await story.NewsAsync());
    }
}
