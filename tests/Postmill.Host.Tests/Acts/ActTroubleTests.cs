using System.Net;
using System.Runtime.Versioning;
using Postmill.Domain.Sync;
using Postmill.Host.Tests.Jobs;
using Postmill.Host.Tests.Sync.Cases;

namespace Postmill.Host.Tests.Acts;

/// <summary>Servers that refuse, that are away, and lines that are lost in the middle of an act.</summary>
[UnsupportedOSPlatform("windows")] // file modes
public sealed class ActTroubleTests
{
    [Fact]
    public async Task A_folder_that_went_meanwhile_fails_the_move_at_once_and_the_mail_is_shown_where_it_is()
    {
        await using var world = await ActWorld.StartAsync(ServerKind.QResync, "one");
        await world.Story.DoveadmAsync("mailbox create", "Work");
        await world.Story.SyncAsync();
        await world.Story.DoveadmAsync("mailbox delete", "Work");
        var email = await world.IdAsync("one");
        var (changed, job) = await world.ChangeAsync(email, """{"folder":"Work"}""");
        Assert.Equal("Work", changed.GetProperty("folder").GetString());
        var failed = await world.Tenant.UntilJobAsync(job, "failed");
        Assert.Equal(("not_found", 1, "move_message"), (failed.Code(), failed.GetProperty("attempt_count").GetInt32(), failed.GetProperty("kind").GetString()));
        Assert.Equal("INBOX", (await world.GetAsync(email)).GetProperty("folder").GetString());
        var line = Assert.Single(await world.LinesAsync(job));
        Assert.Equal(("mailbox.move_message", "failed", "not_found"), (line.GetProperty("action").GetString(), line.GetProperty("outcome").GetString(), line.GetProperty("code").GetString()));
        // The connection is as good as before.
        await world.DoneAsync((await world.ChangeAsync(email, """{"is_read":true}""")).Job);
    }

    [Fact]
    public async Task A_refused_command_is_tried_again_later_and_the_user_s_word_stands_until_it_is_cancelled()
    {
        await using var world = await ActWorld.StartAsync(ServerKind.QResync, "one", "two");
        var archive = (await world.Story.DoveadmAsync("mailbox path", "Archive")).Trim();
        await world.Story.DoveadmAsync("mailbox status", "messages", "Archive");
        Close(archive, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var email = await world.IdAsync("one");
        var job = (await world.ChangeAsync(email, """{"folder":"Archive"}""")).Job;
        var waits = await world.Tenant.UntilJobAsync(job, "retrying");
        Assert.Equal(SyncFailure.ProtocolError, waits.Code());
        Assert.InRange(waits.Next().TotalSeconds, 30, 60);
        await world.Story.SyncAsync();
        Assert.Equal("Archive", (await world.GetAsync(email)).GetProperty("folder").GetString());
        // Other mails do not wait for it.
        await world.SucceededAsync((await world.ChangeAsync(await world.IdAsync("two"), """{"is_starred":true}""")).Job);
        using (var cancelled = await world.Tenant.ActAsync(job, "cancel")) Assert.Equal(HttpStatusCode.OK, cancelled.StatusCode);
        Assert.Equal("INBOX", (await world.GetAsync(email)).GetProperty("folder").GetString());
        Close(archive, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using (var retried = await world.Tenant.ActAsync(job, "retry")) Assert.Equal(HttpStatusCode.OK, retried.StatusCode);
        await world.Tenant.UntilJobAsync(job, "succeeded");
        Assert.Equal("Archive", (await world.GetAsync(email)).GetProperty("folder").GetString());
    }

    [Fact]
    public async Task A_server_that_is_away_is_tried_again_in_a_minute_and_the_last_word_counts()
    {
        await using var world = await ActWorld.StartAsync(ServerKind.QResync, "one");
        var email = await world.IdAsync("one");
        world.Story.Line.Cut();
        var first = (await world.ChangeAsync(email, """{"is_read":true,"is_starred":true}""")).Job;
        var waits = await world.Tenant.UntilJobAsync(first, "retrying");
        Assert.Equal(SyncFailure.Unreachable, waits.Code());
        Assert.InRange(waits.Next().TotalSeconds, 30, 60);
        Assert.Equal(SyncFailure.Unreachable, Assert.Single(await world.LinesAsync(first)).GetProperty("code").GetString());

        // Half of the first is said anew; then all of it, and the first is not done any more.
        var second = (await world.ChangeAsync(email, """{"is_read":false}""")).Job;
        Assert.Equal("retrying", (await world.Tenant.JobAsync(first)).State());
        var third = (await world.ChangeAsync(email, """{"is_read":false,"is_starred":false}""")).Job;
        foreach (var job in new[] { first, second }) Assert.Equal("cancelled", (await world.Tenant.JobAsync(job)).State());
        Assert.Equal(2, (await world.Tenant.LogsAsync(world.Story.Account, "?action=job.superseded")).Count);
        Assert.False((await world.GetAsync(email)).GetProperty("is_starred").GetBoolean());

        world.Story.Line.Mend();
        await Eventually.TrueAsync("the server is told", async () =>
        {
            if ((await world.Tenant.JobAsync(third)).State() == "retrying") (await world.Tenant.ActAsync(third, "retry")).Dispose();
            return (await world.Tenant.JobAsync(third)).State() == "succeeded";
        });
        Assert.Equal("INBOX", await world.PlacesAsync(email));
    }

    [Theory, InlineData(ServerKind.QResync), InlineData(ServerKind.Plain)]
    public async Task Cut_at_any_moment_a_move_is_done_once_and_no_reader_ever_sees_the_old_folder(ServerKind kind)
    {
        await using var world = await ActWorld.StartAsync(kind, "one", "other");
        var email = await world.IdAsync("one");
        var random = new Random(5);
        for (var round = 0; round < 8; round++)
        {
            var target = round % 2 == 0 ? "Archive" : "INBOX";
            var job = (await world.ChangeAsync(email, $$"""{"folder":"{{target}}","is_read":{{(round % 2 == 0 ? "true" : "false")}}}""")).Job;
            for (var turn = random.Next(300); turn > 0; turn--) await Task.Yield();
            world.Story.Line.Cut();
            world.Story.Line.Mend();
            await Eventually.TrueAsync("the move is done", async () =>
            {
                var shown = await world.GetAsync(email);
                Assert.Equal((target, round % 2 == 0), (shown.GetProperty("folder").GetString(), shown.GetProperty("is_read").GetBoolean()));
                var state = (await world.Tenant.JobAsync(job)).State();
                if (state == "retrying") (await world.Tenant.ActAsync(job, "retry")).Dispose();
                return state == "succeeded";
            });
            Assert.Equal(target + (round % 2 == 0 ? @"\Seen" : ""), await world.PlacesAsync(email));
            await world.Story.SyncAgainAsync();
            await world.Story.World.AssertStoreEqualsServerAsync(world.Story.Account);
        }
    }

    [Fact]
    public async Task What_cannot_be_asked_of_a_server_is_refused_and_changes_nothing()
    {
        await using var world = await ActWorld.StartAsync(ServerKind.QResync, "one");
        var email = await world.IdAsync("one");
        foreach (var (body, query, field) in new[]
        {
            ("""{"is_read":true}""", "?provider=yes", "provider"), ("""{"is_read":true}""", "?provider=", "provider"), ("""{"is_read":true}""", "?provider=true&provider=true", "provider"),
            ("""{"tags":["a"],"notes":"n"}""", "?provider=true", "provider"), ("""{"is_read":null,"folder":null}""", "?provider=true", "provider"),
            ("""{"folder":"Nowhere"}""", "?provider=true", "folder"),
        })
        {
            using var refused = await world.PatchAsync(email, body, query);
            await refused.AssertErrorAsync(HttpStatusCode.BadRequest, "validation_failed");
            Assert.Contains(field, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (var undecided = await world.Client.DeleteAsync($"/api/emails/{email}?provider=1")) await undecided.AssertErrorAsync(HttpStatusCode.BadRequest, "validation_failed");
        using (var nobody = await world.PatchAsync(Guid.NewGuid(), """{"is_read":true}""")) await nobody.AssertErrorAsync(HttpStatusCode.NotFound, "not_found");
        using (var plain = await world.PatchAsync(email, """{"is_starred":true}""", "?provider=false")) Assert.DoesNotContain("provider", await plain.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        (await world.Client.DeleteAsync($"/api/accounts/{world.Story.Account}")).Dispose();
        using (var changed = await world.PatchAsync(email, """{"is_read":true}""")) await changed.AssertErrorAsync(HttpStatusCode.Conflict, "account_disconnected");
        using (var deleted = await world.Client.DeleteAsync($"/api/emails/{email}?provider=true")) await deleted.AssertErrorAsync(HttpStatusCode.Conflict, "account_disconnected");
        Assert.False((await world.GetAsync(email)).GetProperty("is_read").GetBoolean());
        Assert.Empty(await world.Tenant.JobsAsync(world.Story.Account, "?kind=change_flags"));
    }

    /// <summary>What the server's own user may do in a folder.</summary>
    private static void Close(string folder, UnixFileMode mode)
    {
        foreach (var directory in Directory.GetDirectories(folder).Prepend(folder)) File.SetUnixFileMode(directory, mode);
    }
}
