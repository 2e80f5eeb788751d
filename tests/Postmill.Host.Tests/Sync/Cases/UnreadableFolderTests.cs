using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Sync.Cases;

/// <summary>What one folder's line or answers are must not cost the others.</summary>
public sealed class UnreadableFolderTests
{
    private const string Listed = "\"/\" Broken";

    [Theory]
    [InlineData("\"/\" \"Broken")]
    [InlineData("\"/\" {3}\r\nBroken")]
    [InlineData("((\"/\" Broken")]
    public async Task Folder_whose_line_is_not_imap_is_parked_and_the_others_go_on(string line)
    {
        var isBroken = true;
        await using var story = await LinedWorld.StartAsync(
            new() { ["Postmill:Sync:ReconnectFirstSeconds"] = "0.05", ["Postmill:Sync:ReconnectMostSeconds"] = "0.5" },
            lineTo: dovecot => new TcpProxy(dovecot.ImapPort) { FromServer = text => isBroken ? text.Replace(Listed, line, StringComparison.Ordinal) : text });
        var world = story.World;
        world.ImapTls = "none";
        foreach (var folder in new[] { "INBOX", "Broken", "Whole" }) await world.Dovecot.SeedAsync(world.Mailbox, folder, Mails.Many(5, folder));

        var account = await world.ConnectAndSyncAsync();
        Assert.NotNull(await world.ParkedReasonAsync(account, "Broken"));
        var server = (await StoredMailbox.ReadAsync(world.Host.ConnectionString, account)).Select(place => place.Folder).Order(StringComparer.Ordinal);
        Assert.Equal([.. Enumerable.Repeat("INBOX", 5), .. Enumerable.Repeat("Whole", 5)], server);

        isBroken = false;
        await world.SyncAgainAsync(account);
        Assert.Null(await world.ParkedReasonAsync(account, "Broken"));
        await world.AssertStoreEqualsServerAsync(account);

        // One that was whole before keeps its mails meanwhile, also where its name cannot be told any more.
        isBroken = true;
        await world.SyncAgainAsync(account);
        Assert.NotNull(await world.ParkedReasonAsync(account, "Broken"));
        await world.AssertStoreEqualsServerAsync(account);
        line = "\"/\" (Broken)";
        await world.SyncAgainAsync(account);
        await world.AssertStoreEqualsServerAsync(account);
    }
}
