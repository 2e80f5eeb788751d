using System.Text.RegularExpressions;
using Postmill.Testing.Mailboxes;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

public sealed partial class UidValidityTests
{
    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.CondStore), InlineData(ServerKind.Plain)]
    public async Task Renumbered_folder_keeps_every_message_id_and_makes_no_news(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.SeedAsync("INBOX", 30);
        await story.SeedAsync("Work", 10);
        await story.ConnectAndSyncAsync();
        await story.DeliverAsync("arrived before");
        await story.SyncAndCompareAsync();
        var ids = await story.IdsAsync();

        await story.WhileAwayAsync(async () =>
        {
            await story.DoveadmAsync("mailbox update", "--uid-validity", "4000000000", "INBOX");
            await story.DoveadmAsync("mailbox update", "--uid-validity", "7", "Work"); // also backwards
        });
        await story.SyncAndCompareAsync();

        Assert.Equal(ids, await story.IdsAsync());
        Assert.Equal(["arrived before"], await story.NewsAsync());
    }

    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.Plain)]
    public async Task Mail_added_and_removed_while_the_folder_is_renumbered_is_the_only_difference(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.SeedAsync("INBOX", 30);
        await story.ConnectAndSyncAsync();
        var ids = await story.IdsAsync();

        await story.WhileAwayAsync(async () =>
        {
            await story.ExpungeAsync("INBOX", "3:5,30");
            await story.DeliverAsync("in the gap 1");
            await story.DoveadmAsync("mailbox update", "--uid-validity", "4000000000", "INBOX");
            await story.DeliverAsync("in the gap 2");
        });
        await story.SyncAndCompareAsync();

        var after = await story.IdsAsync();
        Assert.All(ids, known => Assert.Equal(known.Value, after[known.Key]));
        Assert.Equal(ids.Count + 2, after.Count);
        Assert.Equal(["in the gap 1", "in the gap 2"], await story.NewsAsync());
    }

    [Fact]
    public async Task Uidvalidity_that_changes_every_time_costs_one_fill_each_and_no_news()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.SeedAsync("INBOX", 20);
        await story.ConnectAndSyncAsync();
        var ids = await story.IdsAsync();
        foreach (var validity in new[] { "900", "20", "4294967295", "900" })
        {
            await story.WhileAwayAsync(() => story.DoveadmAsync("mailbox update", "--uid-validity", validity, "INBOX"));
            await story.SyncAndCompareAsync();
        }

        Assert.Equal(ids, await story.IdsAsync());
        Assert.Empty(await story.NewsAsync());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Uidvalidity_that_is_zero_or_another_in_every_answer_costs_bounded_work(bool zero)
    {
        await using var story = await CaseWorld.StartAsync();
        await story.SeedAsync("INBOX", 20);
        await story.SeedAsync("Work", 10);
        var answers = 0;
        await using var line = new TcpProxy(story.World.Dovecot.ImapPort)
        {
            FromServer = said => Validity().Replace(said, _ => $"UIDVALIDITY {(zero ? 0 : Interlocked.Increment(ref answers))}"),
        };
        (story.World.ImapsPort, story.World.ImapTls) = (line.Port, "none");
        await story.ConnectAndSyncAsync();
        var ids = await story.IdsAsync();
        for (var run = 0; run < 3; run++) await SyncAndCompareAsync();
        Assert.Equal(ids, await story.IdsAsync());
        Assert.Empty(await story.NewsAsync());

        await story.DeliverAsync("new all the same");
        await SyncAndCompareAsync();
        Assert.Equal(["new all the same"], await story.NewsAsync());
        // Some dozens of commands a run with its eight folders; a loop would say thousands.
        Assert.InRange(line.Uttered, 1, 5 * 100);

        // Each answer renumbers the folder, so that a run may follow by itself; while it fills the folder anew the places of before are there, too.
        async Task SyncAndCompareAsync()
        {
            await story.SyncAsync();
            await Eventually.TrueAsync(
                "the store equals the server",
                async () => (await story.World.ServerAsync()).DifferencesTo(await StoredMailbox.ReadAsync(story.World.Host.ConnectionString, story.Account)) is null);
        }
    }

    [GeneratedRegex(@"UIDVALIDITY \d+")]
    private static partial Regex Validity();
}
