namespace Postmill.Host.Tests.Sync.Cases;

public sealed class DuringSyncTests
{
    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.CondStore), InlineData(ServerKind.Plain)]
    public async Task What_changes_while_the_first_sync_runs_is_in_the_store_after_the_next(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.SeedAsync("INBOX", 1_500);
        await story.SeedAsync("Work", 1_500);
        var connecting = story.ConnectAndSyncAsync();
        for (var round = 1; !connecting.IsCompleted || round <= 3; round++) await ChangeAsync(story, round);
        await connecting;
        await story.SyncAndCompareAsync();
        var news = await story.NewsAsync();
        Assert.Equal(news.Count, news.Distinct().Count());
        Assert.DoesNotContain(news, subject => subject.Contains("old", StringComparison.Ordinal));
    }

    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.Plain)]
    public async Task What_changes_while_runs_follow_each_other_is_counted_once(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.SeedAsync("INBOX", 300);
        await story.SeedAsync("Work", 300);
        await story.ConnectAndSyncAsync();
        for (var round = 1; round <= 4; round++)
        {
            var syncing = story.SyncAsync();
            await ChangeAsync(story, round);
            await syncing;
        }

        await story.SyncAndCompareAsync();
        Assert.Equal([.. Enumerable.Range(1, 4).Select(n => $"arrived {n}")], (await story.NewsAsync()).Where(s => s.StartsWith("arrived", StringComparison.Ordinal)));
        Assert.Equal(8, (await story.NewsAsync()).Count);
    }

    private static async Task ChangeAsync(CaseWorld story, int round)
    {
        await story.DeliverAsync($"arrived {round}");
        await story.DeliverAsync($"filed {round}", "Work");
        foreach (var folder in new[] { "INBOX", "Work" })
        {
            await story.ExpungeAsync(folder, $"{round * 7},{round * 20}:{(round * 20) + 3}");
            await story.DoveadmAsync("flags add", @"\Flagged", "mailbox", folder, "uid", $"{(round * 11) + 100}");
        }
    }
}
