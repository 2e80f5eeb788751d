using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

public sealed class ParkedFolderTests
{
    private static readonly DovecotOptions WithAcl = new()
    {
        ExtraConfig = """
            protocol imap {
              mail_plugins = acl
            }
            plugin {
              acl = vfile
            }
            """,
    };

    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.Plain)]
    public async Task Refused_folder_is_parked_with_its_reason_and_the_others_go_on(ServerKind kind)
    {
        // Listed, but not to be opened: the right l without r (RFC 4314).
        await using var world = await MailWorld.StartAsync(MailWorld.Unthrottled, WithAcl with { Without = kind == ServerKind.Plain ? ["QRESYNC", "CONDSTORE", "LIST-STATUS"] : [] });
        foreach (var folder in new[] { "A locked", "B open" }) await world.Dovecot.SeedAsync(world.Mailbox, folder, Mails.Many(5, folder));
        var path = (await world.Dovecot.DoveadmAsync("mailbox", "path", "-u", world.Mailbox, "A locked")).Trim();
        var rights = Path.Combine(path, "dovecot-acl");
        await File.WriteAllTextAsync(rights, "owner l\n");

        var account = await world.ConnectAndSyncAsync();
        Assert.NotNull(await world.ParkedReasonAsync(account, "A locked"));
        Assert.Null(await world.ParkedReasonAsync(account, "B open"));
        var stored = await StoredMailbox.ReadAsync(world.Host.ConnectionString, account);
        Assert.Equal(["B open"], stored.Select(p => p.Folder).Distinct());
        Assert.Equal(5, stored.Count);

        await File.WriteAllTextAsync(rights, "owner lrwstipekxa\n");
        await world.Dovecot.DoveadmAsync("kick", world.Mailbox); // a session keeps the rights it read
        await world.SyncAsync(account);
        Assert.Null(await world.ParkedReasonAsync(account, "A locked"));
        await world.AssertStoreEqualsServerAsync(account);
        Assert.Empty(await world.EventsAsync());
    }

    [Fact]
    public async Task Folder_that_fails_every_command_is_parked_and_the_others_go_on()
    {
        await using var story = await CaseWorld.StartAsync();
        foreach (var folder in new[] { "A broken", "B whole" }) await story.SeedAsync(folder, 5);
        var path = (await story.DoveadmAsync("mailbox path", "A broken")).Trim();
        Directory.Delete(Path.Combine(path, "cur"), recursive: true);
        await File.WriteAllTextAsync(Path.Combine(path, "cur"), "a file where a directory must be");

        await story.ConnectAndSyncAsync();
        Assert.Equal(5, (await StoredMailbox.ReadAsync(story.World.Host.ConnectionString, story.Account)).Count);
        var parked = await story.QueryAsync("SELECT name FROM folder WHERE account_id = $1 AND parked_reason IS NOT NULL", r => r.GetString(0));
        Assert.Equal(["A broken"], parked);

        await story.DeliverAsync("all the same");
        await story.SyncAsync();
        Assert.Equal(["all the same"], await story.NewsAsync());
    }

    [Fact]
    public async Task Parents_that_hold_no_mail_are_listed_and_left_alone()
    {
        await using var story = await CaseWorld.StartAsync();
        await story.SeedAsync("Clients/2026/North", 4);
        await story.ConnectAndSyncAsync();
        await story.World.AssertStoreEqualsServerAsync(story.Account);
        var parents = await story.QueryAsync("SELECT name, parked_reason IS NULL FROM folder WHERE account_id = $1 AND NOT selectable ORDER BY name", r => (r.GetString(0), r.GetBoolean(1)));
        Assert.Equal([("Clients", true), ("Clients/2026", true)], parents);
    }
}
