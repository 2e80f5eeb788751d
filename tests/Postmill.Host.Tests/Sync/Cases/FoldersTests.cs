using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

public sealed class FoldersTests
{
    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.Plain)]
    public async Task Deleted_and_recreated_with_the_same_name_is_a_new_folder(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.SeedAsync("Work", 10);
        await story.ConnectAndSyncAsync();
        await story.WhileAwayAsync(async () =>
        {
            await story.DoveadmAsync("mailbox delete", "-s", "Work");
            await story.DeliverAsync("in the new one", "Work");
        });
        await story.SyncAndCompareAsync();
        Assert.Equal(["in the new one"], await story.NewsAsync());
    }

    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.Plain)]
    public async Task Renamed_also_onto_an_old_name_moves_places_and_keeps_ids(ServerKind kind)
    {
        await using var story = await CaseWorld.StartAsync(kind);
        await story.SeedAsync("Work", 5);
        await story.SeedAsync("Play", 7);
        await story.ConnectAndSyncAsync();
        var ids = await story.IdsAsync();
        await story.WhileAwayAsync(async () =>
        {
            await story.DoveadmAsync("mailbox rename", "Work", "Done");
            await story.DoveadmAsync("mailbox rename", "Play", "Work");
        });
        await story.SyncAndCompareAsync();
        Assert.Equal(ids, await story.IdsAsync());
        Assert.Empty(await story.NewsAsync());
    }

    [Fact]
    public async Task Folder_made_after_the_first_sync_brings_its_new_mail_as_news()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.SeedAsync("INBOX", 3);
        await story.ConnectAndSyncAsync();
        await story.DeliverAsync("filed by a rule", "Lists");
        await story.SyncAndCompareAsync();
        Assert.Equal(["filed by a rule"], await story.NewsAsync());
    }

    [Theory, InlineData('/', ""), InlineData('.', "INBOX.")]
    public async Task Odd_names_are_stored_and_followed(char separator, string prefix)
    {
        await using var world = await MailWorld.StartAsync(MailWorld.Unthrottled, new DovecotOptions { Separator = separator, NamespacePrefix = prefix, ExtraConfig = "namespace inbox {\n  mailbox Trash {\n    auto = no\n  }\n}" });
        var names = new[] { "Entwürfe 日本", "with \"quotes\" and \\ backslash", "brackets [a] (b) {5}", "trailing blank ", "100%*", "& ampersand", $"deep{separator}er{separator}still" };
        foreach (var name in names) await world.Dovecot.DeliverAsync(world.Mailbox, Mails.Of("before"), prefix + name);
        var account = await world.ConnectAndSyncAsync();
        await world.AssertStoreEqualsServerAsync(account);
        foreach (var name in names) await world.Dovecot.DeliverAsync(world.Mailbox, Mails.Of($"after in {name}"), prefix + name);
        await world.SyncAsync(account);
        await world.AssertStoreEqualsServerAsync(account);
        Assert.Equal(names.Length, (await world.EventsAsync()).Count);
    }
}
