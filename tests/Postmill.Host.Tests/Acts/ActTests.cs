using System.Net;
using Postmill.Host.Tests.Jobs;
using Postmill.Host.Tests.Sync.Cases;
using Postmill.Testing.Servers;

namespace Postmill.Host.Tests.Acts;

/// <summary>Flags, moves and deletions on a real mail server.</summary>
public sealed class ActTests
{
    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.CondStore), InlineData(ServerKind.Plain)]
    public async Task Flagged_unflagged_moved_and_deleted_a_mail_keeps_its_id_and_the_server_has_it_so(ServerKind kind)
    {
        await using var world = await ActWorld.StartAsync(kind, "one", "other");
        var email = await world.IdAsync("one");

        var (changed, job) = await world.ChangeAsync(email, """{"is_read":true,"is_starred":true}""");
        Assert.True(changed.GetProperty("is_read").GetBoolean() && changed.GetProperty("is_starred").GetBoolean());
        await world.DoneAsync(job);
        Assert.Equal(@"INBOX\Flagged\Seen", await world.PlacesAsync(email));

        await world.DoneAsync((await world.ChangeAsync(email, """{"is_read":false}""")).Job);
        Assert.Equal(@"INBOX\Flagged", await world.PlacesAsync(email));
        Assert.False((await world.GetAsync(email)).GetProperty("is_read").GetBoolean());

        // By its use; the answer has its name. Flags go with it.
        (changed, job) = await world.ChangeAsync(email, """{"folder":"archive","is_read":true,"tags":["kept"]}""");
        Assert.Equal("Archive", changed.GetProperty("folder").GetString());
        await world.DoneAsync(job);
        Assert.Equal(@"Archive\Flagged\Seen", await world.PlacesAsync(email));
        Assert.Equal(email, await world.IdAsync("one"));
        Assert.Equal("kept", (await world.GetAsync(email)).GetProperty("tags")[0].GetString());
        Assert.Empty(await world.Story.QueryAsync(
            "SELECT 1 FROM message WHERE account_id = $1 AND (read_here IS NOT NULL OR starred_here IS NOT NULL OR folder_here IS NOT NULL)", row => row.GetInt32(0)));

        job = await world.DeleteAsync(email);
        using (var gone = await world.Client.GetAsync($"/api/emails/{email}")) Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        await world.SucceededAsync(job);
        Assert.Equal((@"Trash\Flagged\Seen", 1, 0), (await world.PlacesAsync(email), await world.ServerCountAsync("Trash"), await world.ServerCountAsync("Archive")));
        await world.Story.SyncAsync();
        Assert.Equal(@"Trash\Flagged\Seen", await world.PlacesAsync(email));
        using (var still = await world.Client.GetAsync($"/api/emails/{email}")) Assert.Equal(HttpStatusCode.NotFound, still.StatusCode);
        Assert.Equal("INBOX", await world.PlacesAsync(await world.IdAsync("other")));
    }

    [Fact]
    public async Task Deleted_in_the_trash_a_mail_is_gone_for_good_and_another_one_that_is_marked_stays()
    {
        await using var world = await ActWorld.StartAsync(ServerKind.QResync);
        await world.Story.DeliverAsync("in the trash", "Trash");
        await world.Story.DeliverAsync("marked by others", "Trash");
        await world.Story.DoveadmAsync("flags add", @"\Deleted", "mailbox", "Trash", "subject", "marked");
        await world.Story.SyncAndCompareAsync();
        await world.DoneAsync(await world.DeleteAsync(await world.IdAsync("in the trash")));
        Assert.Equal(1, await world.ServerCountAsync("Trash"));
        Assert.Single(await world.Story.PlacesAsync("marked by others"));
    }

    [Fact]
    public async Task Copies_in_several_folders_are_all_flagged_the_shown_one_moves_and_all_are_deleted()
    {
        await using var world = await ActWorld.StartAsync(ServerKind.QResync, "copied");
        await world.Story.DoveadmAsync("copy", "Drafts", "mailbox", "INBOX", "all");
        await world.Story.DoveadmAsync("copy", "Drafts", "mailbox", "INBOX", "all");
        await world.Story.SyncAndCompareAsync();
        var email = await world.IdAsync("copied");
        await world.DoneAsync((await world.ChangeAsync(email, """{"is_read":true}""")).Job);
        Assert.Equal(@"Drafts\Seen Drafts\Seen INBOX\Seen", await world.PlacesAsync(email));
        await world.DoneAsync((await world.ChangeAsync(email, """{"folder":"Archive"}""")).Job);
        Assert.Equal(@"Archive\Seen Drafts\Seen Drafts\Seen", await world.PlacesAsync(email));
        await world.SucceededAsync(await world.DeleteAsync(email));
        Assert.Equal(@"Trash\Seen Trash\Seen Trash\Seen", await world.PlacesAsync(email));
        Assert.Equal(3, await world.ServerCountAsync("Trash"));
    }

    [Fact]
    public async Task A_server_without_MOVE_and_UIDPLUS_keeps_what_it_cannot_take_out_and_only_marks_it()
    {
        await using var dovecot = await DovecotServer.StartAsync(new DovecotOptions { Without = ["MOVE", "UIDPLUS"] });
        await using var world = await Sync.MailWorld.InAsync(await SharedHostAsync(), dovecot);
        var account = await world.ConnectAndSyncAsync();
        await dovecot.DeliverAsync(world.Mailbox, Accounts.Letters.About("old server"));
        await world.SyncAgainAsync(account);
        using var list = await world.Client.GetAsync($"/api/accounts/{account}/emails");
        var email = (await list.JsonAsync()).GetProperty("emails")[0].GetProperty("id").GetGuid();
        using var moved = await world.Client.PatchAsync($"/api/emails/{email}?provider=true", new StringContent("""{"folder":"Archive"}""", System.Text.Encoding.UTF8, "application/json"));
        await new Accounts.Tenant(world, world.User).UntilJobAsync((await moved.JsonAsync()).GetProperty("provider").JobId(), "succeeded");
        await world.AssertStoreEqualsServerAsync(account);
        using var shown = await world.Client.GetAsync($"/api/emails/{email}");
        Assert.Equal("""["Archive","INBOX"]""", (await shown.JsonAsync()).GetProperty("email").GetProperty("folders").GetRawText());
        Assert.Contains("Deleted", await dovecot.DoveadmAsync("fetch", "-u", world.Mailbox, "flags", "mailbox", "INBOX"), StringComparison.Ordinal);
    }

    private static async Task<HostFixture> SharedHostAsync() => (await CaseWorld.StartAsync()).World.Host;
}
