using Postmill.Domain.Jobs;
using Postmill.Domain.Sync;
using Postmill.Grains.Acts;
using Postmill.Grains.Sync;
using Postmill.Grains.Tests.Sync;

namespace Postmill.Grains.Tests.Acts;

/// <summary>What acts do to a server and a store, also when the line is lost in the middle.</summary>
public sealed class MailboxActsTests
{
    private readonly PlaceStore _store = new();

    [Theory]
    [InlineData(JobKinds.ChangeFlags, null, @"Archive: | INBOX: a\Flagged\Seen b | Sent: | Trash:")]
    [InlineData(JobKinds.MoveMessage, "Archive", @"Archive: a\Flagged\Seen | INBOX: b | Sent: | Trash:")]
    [InlineData(JobKinds.DeleteMessage, "Trash", @"Archive: | INBOX: b | Sent: | Trash: a")]
    [InlineData(JobKinds.DeleteMessage, null, @"Archive: | INBOX: b | Sent: | Trash:")]
    [InlineData(JobKinds.AppendSent, null, @"Archive: | INBOX: a b | Sent: new\Seen | Trash:")]
    public async Task An_act_whose_line_is_lost_anywhere_is_done_once_when_it_is_tried_again(string kind, string? target, string after)
    {
        foreach (var (moves, uidPlus) in new[] { (true, true), (false, true), (true, false), (false, false) })
        {
            foreach (var lostAfter in new[] { false, true })
            {
                for (var lostAt = 0; ; lostAt++)
                {
                    var server = new MemoryServer { MovesAtOnce = moves, HasUidPlus = uidPlus, LostAt = lostAt, LostAfter = lostAfter }
                        .With("Archive").With("INBOX", "a", "b").With("Sent").With("Trash");
                    var store = await SyncedAsync(server, new PlaceStore());
                    var act = Act(kind, store.IdOf(kind == JobKinds.AppendSent ? "new" : "a"), kind is JobKinds.ChangeFlags or JobKinds.MoveMessage, target);
                    if (!uidPlus && kind == JobKinds.DeleteMessage && target is null) after = @"Archive: | INBOX: a\Deleted b | Sent: | Trash:";
                    if (!uidPlus && !moves && target is not null) after = after.Replace("INBOX: b", act.Seen is null ? @"INBOX: a\Deleted b" : @"INBOX: a\Deleted\Flagged\Seen b", StringComparison.Ordinal);
                    for (var attempt = 1; attempt <= 2; attempt++) await TryAsync(server, store, act with { Job = act.Job with { AttemptCount = attempt } });
                    Assert.Equal((moves, uidPlus, lostAt, lostAfter, after), (moves, uidPlus, lostAt, lostAfter, server.ToString()));
                    Assert.Equal(server.ToString(), store.ToString());
                    if (server.Commands <= lostAt) break;
                }
            }
        }
    }

    [Fact]
    public async Task A_mail_that_another_program_moved_is_found_where_it_is_now()
    {
        var server = new MemoryServer().With("Archive").With("INBOX", "a").With("Trash");
        await SyncedAsync(server, _store);
        server.MoveByOthers("a", "INBOX", "Archive");
        Assert.Null(await TryAsync(server, _store, Act(JobKinds.ChangeFlags, _store.IdOf("a"), words: true, null)));
        Assert.Equal(@"Archive: a\Flagged\Seen | INBOX: | Trash:", server.ToString());
        Assert.Equal(server.ToString(), _store.ToString());
    }

    [Fact]
    public async Task A_mail_that_is_gone_cannot_be_moved_and_need_not_be_deleted()
    {
        var server = new MemoryServer().With("Elsewhere").With("INBOX", "a").With("Trash");
        await SyncedAsync(server, _store);
        var gone = new MemoryServer().With("Elsewhere").With("INBOX").With("Trash");
        Assert.Equal(SyncFailure.NotFound, (await TryAsync(gone, _store, Act(JobKinds.MoveMessage, _store.IdOf("a"), words: false, "Elsewhere")))!.Code);
        Assert.Null(await TryAsync(gone, _store, Act(JobKinds.DeleteMessage, _store.IdOf("a"), words: false, "Trash")));
        Assert.Equal(SyncFailure.NotFound, (await TryAsync(server, _store, Act(JobKinds.MoveMessage, _store.IdOf("a"), words: false, "Nowhere")))!.Code);
    }

    [Fact]
    public async Task Without_uidplus_a_mail_is_marked_and_the_others_that_are_marked_stay()
    {
        var server = new MemoryServer { MovesAtOnce = false, HasUidPlus = false }.With("Archive").With("INBOX", "a", "b");
        await SyncedAsync(server, _store);
        Assert.Null(await TryAsync(server, _store, Act(JobKinds.MoveMessage, _store.IdOf("a"), words: false, "Archive")));
        Assert.Equal(@"Archive: a | INBOX: a\Deleted b", server.ToString());
        Assert.Equal(server.ToString(), _store.ToString());
        // Asked for once more it is there already.
        Assert.Null(await TryAsync(server, _store, Act(JobKinds.MoveMessage, _store.IdOf("a"), words: false, "Archive")));
        Assert.Equal(@"Archive: a | INBOX: a\Deleted b", server.ToString());
    }

    [Fact]
    public async Task A_refused_command_changes_nothing_here()
    {
        var server = new MemoryServer().With("Archive").With("INBOX", "a");
        await SyncedAsync(server, _store);
        server.Refuses["move"] = new SyncFailure(SyncFailure.ProtocolError, "over quota");
        Assert.Equal("over quota", (await TryAsync(server, _store, Act(JobKinds.MoveMessage, _store.IdOf("a"), words: false, "Archive")))!.Text);
        Assert.Equal("Archive: | INBOX: a", _store.ToString());
    }

    [Fact]
    public async Task A_mailbox_without_a_folder_for_sent_mail_says_so()
    {
        var server = new MemoryServer().With("Archive").With("INBOX", "a");
        await SyncedAsync(server, _store);
        var failure = await TryAsync(server, _store, Act(JobKinds.AppendSent, _store.IdOf("new"), words: false, null));
        Assert.Equal(SyncFailure.NotFound, failure!.Code);
        Assert.Contains("no folder for sent mail", failure.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sent_mail_that_the_server_keeps_by_itself_is_not_stored_twice()
    {
        var server = new MemoryServer().With("INBOX").With("Sent");
        await SyncedAsync(server, _store);
        server.With("Sent", "new");
        Assert.Null(await TryAsync(server, _store, Act(JobKinds.AppendSent, _store.IdOf("new"), words: false, null)));
        Assert.Equal("INBOX: | Sent: new", server.ToString());
        Assert.Equal(server.ToString(), _store.ToString());
    }

    private static MailboxAct Act(string kind, Guid message, bool words, string? target) => new(
        ActJobs.Of(kind, DateTimeOffset.UnixEpoch, JobState.Running, attempts: 1), message, words ? true : null, words ? true : null, target);

    private static async Task<SyncFailure?> TryAsync(MemoryServer server, PlaceStore store, MailboxAct act)
    {
        try
        {
            return await new MailboxActs(Owned(server), Ports(store)).DoAsync(act, CancellationToken.None);
        }
        catch (MailboxFaultException lost)
        {
            return lost.Failure;
        }
    }

    private static async Task<PlaceStore> SyncedAsync(MemoryServer server, PlaceStore store)
    {
        await new SyncRun(Owned(server), store, null!, new SyncOptions()).RunAsync(CancellationToken.None);
        Assert.Equal(server.ToString(), store.ToString());
        return store;
    }

    private static OwnedMailbox Owned(MemoryServer server) => new(Given.Account with { State = new SyncState { FirstSyncedAt = DateTimeOffset.UnixEpoch } }, server, _ => { });

    private static SyncPorts Ports(PlaceStore store) => new(null!, null!, store, null!, new SyncOptions(), null!, Given.Metrics(), TimeProvider.System, new Random(1), store);
}
