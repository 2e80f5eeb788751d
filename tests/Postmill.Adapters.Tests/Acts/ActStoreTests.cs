using System.Security.Cryptography;
using Postmill.Adapters.Postgres;
using Postmill.Adapters.Postgres.Acts;
using Postmill.Adapters.Postgres.Jobs;
using Postmill.Adapters.Tests.Accounts;
using Postmill.Adapters.Tests.Jobs;
using Postmill.Domain.Accounts;
using Postmill.Domain.Jobs;
using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Acts;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Tests.Acts;

/// <summary>Which acts are taken when, what they hold of a mail while they are pending, and where mails are put.</summary>
public sealed class ActStoreTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    private const long Validity = 7;
    private static readonly ActWords Read = new(true, null, null, null);
    private static readonly ActWords ToWork = new(null, null, "Work", "Work");

    private ActStore Acts => new(database.Source, database.Fence());

    [Fact]
    public async Task What_an_act_holds_stands_whatever_the_server_says_and_is_given_back_when_it_ends()
    {
        var (claim, store, folders, mail) = await GivenAsync();
        await SayAsync(mail, "read_here = true, starred_here = true, folder_here = 'Work'");
        await AddAsync(claim, mail, new ActWords(true, null, "Work", "Work"));
        // Old state, half of the act, another program: all the same.
        await store.ApplyFlagsAsync(claim, folders[0].Id, Validity, [new FlagChange(1, [@"\Seen"])], default);
        await store.ApplyFlagsAsync(claim, folders[0].Id, Validity, [new FlagChange(1, [@"\Flagged"])], default);
        await store.RemoveAsync(claim, folders[0].Id, Validity, UidRanges.Between(1, 1), default);
        Assert.Equal("read=True starred= folder=Work", await SaidAsync(mail)); // starred is nobody's act

        var act = Assert.Single(await Acts.ClaimDueAsync(claim, 10, database.Clock.GetUtcNow(), default));
        await Acts.PlaceAsync(claim, new PlaceChange(mail, null, Uids(folders[1], 4), [@"\Seen"]), default);
        Assert.Equal("read=True starred= folder=Work", await SaidAsync(mail));
        await Acts.EndAsync(claim, JobPolicy.OnSucceeded(act.Job, null, database.Clock.GetUtcNow()), null, default);
        Assert.Equal("read= starred= folder=", await SaidAsync(mail));
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("cancelled")]
    public async Task An_act_that_comes_to_nothing_gives_the_word_back_too_but_not_what_was_said_later(string end)
    {
        var (claim, _, _, mail) = await GivenAsync();
        await SayAsync(mail, "read_here = true, folder_here = 'Work'");
        var job = await AddAsync(claim, mail, new ActWords(true, null, "Work", "Work"));
        await SayAsync(mail, "folder_here = 'Later'");
        await database.ExecuteAsync($"UPDATE job SET state = 'retrying' WHERE id = $1", job.Id);
        Assert.Equal("read=True starred= folder=Later", await SaidAsync(mail));
        await database.ExecuteAsync($"UPDATE job SET state = '{end}' WHERE id = $1", job.Id);
        Assert.Equal("read= starred= folder=Later", await SaidAsync(mail));
    }

    [Fact]
    public async Task Acts_on_a_mail_are_taken_in_their_order_and_those_on_others_do_not_wait()
    {
        var (claim, _, _, mail) = await GivenAsync(mails: 2);
        var other = await MessageAsync(claim, 2);
        var now = database.Clock.GetUtcNow();
        var first = await AddAsync(claim, mail, Read, now);
        var second = await AddAsync(claim, mail, ToWork, now.AddMilliseconds(5), supersede: false);
        var third = await AddAsync(claim, other, Read, now.AddMilliseconds(9));
        now = now.AddSeconds(1);
        var taken = await Acts.ClaimDueAsync(claim, 10, now, default);
        Assert.Equal([first.Id, third.Id], taken.Select(act => act.Job.Id));
        Assert.Equal((mail, (bool?)true, null, null, 1), (taken[0].MessageId!.Value, taken[0].Seen, taken[0].Flagged, taken[0].Target, taken[0].Job.AttemptCount));
        await Acts.EndAsync(claim, JobPolicy.OnFailed(taken[0].Job, new SyncFailure(SyncFailure.Unreachable, "away"), now), null, default);
        await Acts.EndAsync(claim, JobPolicy.OnSucceeded(taken[1].Job, null, now), null, default);
        Assert.Empty(await Acts.ClaimDueAsync(claim, 10, now.AddSeconds(59), default));
        Assert.Equal(first.Id, Assert.Single(await Acts.ClaimDueAsync(claim, 10, now.AddSeconds(60), default)).Job.Id);

        // Its end was never recorded: whoever looks next takes it again.
        var again = Assert.Single(await Acts.ClaimDueAsync(claim, 10, now.AddSeconds(61), default));
        Assert.Equal((first.Id, 3), (again.Job.Id, again.Job.AttemptCount));
        await Acts.EndAsync(claim, JobPolicy.OnSucceeded(again.Job, null, now), null, default);
        Assert.Equal(second.Id, Assert.Single(await Acts.ClaimDueAsync(claim, 10, now.AddSeconds(62), default)).Job.Id);
    }

    [Fact]
    public async Task The_end_of_a_run_leaves_acts_alone_and_a_take_over_brings_them_back()
    {
        var (claim, _, _, mail) = await GivenAsync();
        var job = await AddAsync(claim, mail, Read);
        await Acts.ClaimDueAsync(claim, 10, database.Clock.GetUtcNow(), default);
        var silo = new LocalOwner(claim.Owner);
        await database.Store(silo).SaveAsync(
            claim, new SyncState(), Durability.OnDisk, new Grains.Jobs.JobChanges { At = database.Clock.GetUtcNow(), BackAt = database.Clock.GetUtcNow().AddMinutes(1) }, default);
        Assert.Equal("running", await StateAsync(job));
        var next = (await database.ClaimAsync(silo, claim.AccountId)).Claim;
        Assert.Equal("queued", await StateAsync(job));
        await Assert.ThrowsAsync<OwnershipLostException>(() => Acts.ClaimDueAsync(claim, 10, database.Clock.GetUtcNow(), default));
        Assert.Single(await Acts.ClaimDueAsync(next, 10, database.Clock.GetUtcNow(), default));
        await Assert.ThrowsAsync<OwnershipLostException>(() => Acts.EndAsync(claim, job, null, default));
    }

    [Fact]
    public async Task A_task_that_is_triggered_again_does_again_what_it_did_and_one_that_lost_its_word_says_so()
    {
        var (claim, _, _, mail) = await GivenAsync();
        var job = await AddAsync(claim, mail, ToWork);
        await database.ExecuteAsync("UPDATE job SET state = 'succeeded' WHERE id = $1", job.Id);
        var again = JobGiven.Of(claim.AccountId, database.Clock.GetUtcNow(), JobKinds.MoveMessage) with { TaskId = job.TaskId };
        Assert.True(await database.JobBook().AddToTaskAsync(again, JobGiven.Line(claim.UserId, again), default));
        var act = Assert.Single(await Acts.ClaimDueAsync(claim, 10, database.Clock.GetUtcNow(), default));
        Assert.Equal((again.Id, mail, "Work"), (act.Job.Id, act.MessageId!.Value, act.Target));
        await database.ExecuteAsync("DELETE FROM mailbox_act WHERE job_id = $1", again.Id);
        Assert.Null(Assert.Single(await Acts.ClaimDueAsync(claim, 10, database.Clock.GetUtcNow(), default)).MessageId);
    }

    [Fact]
    public async Task A_mail_that_moved_is_in_one_place_at_once_and_the_cursor_goes_with_it_when_nothing_lies_between()
    {
        var (claim, store, folders, mail) = await GivenAsync();
        await Acts.PlaceAsync(claim, new PlaceChange(mail, Uids(folders[0], 1), Uids(folders[1], 1), [@"\Seen"]), default);
        Assert.Equal("INBOX:0/2 Work:1/2", await CountsAsync(claim));
        var place = Assert.Single(await Acts.PlacesAsync(claim, mail, default));
        Assert.Equal(("Work", 1u, @"\Seen"), (place.WireName, place.Uid, Assert.Single(place.Flags)));
        // Told twice it is there once; a gap leaves the cursor where it was; an older numbering says nothing.
        await Acts.PlaceAsync(claim, new PlaceChange(mail, Uids(folders[0], 1), Uids(folders[1], 1), []), default);
        await Acts.PlaceAsync(claim, new PlaceChange(mail, null, Uids(folders[1], 9), []), default);
        await Acts.PlaceAsync(claim, new PlaceChange(mail, null, new FolderUids(folders[1].Id, 6, UidRanges.Between(2, 2)), []), default);
        Assert.Equal("INBOX:0/2 Work:2/2", await CountsAsync(claim));
        Assert.Equal("1,9", (await store.UidsAsync(claim, folders[1].Id, Validity, default)).ToString());
    }

    [Fact]
    public async Task The_copy_of_a_sent_mail_is_asked_for_in_a_transaction_of_the_sender_and_read_in_pieces()
    {
        var (claim, _, _, mail) = await GivenAsync();
        var task = JobGiven.Of(claim.AccountId, database.Clock.GetUtcNow());
        await database.Fence().ExecuteAsync(claim, Durability.OnDisk, default,
            [JobSql.New(task, "user"), .. MailboxActSql.AppendSent(claim, task.TaskId, mail, database.Clock.GetUtcNow())]);
        var act = Assert.Single(await Acts.ClaimDueAsync(claim, 10, database.Clock.GetUtcNow(), default));
        Assert.Equal((JobKinds.AppendSent, task.TaskId, mail), (act.Job.Kind, act.Job.TaskId, act.MessageId!.Value));
        await using (var content = await Acts.ContentAsync(claim, mail, default))
        {
            var bytes = new MemoryStream();
            await content!.Bytes.CopyToAsync(bytes);
            Assert.Equal((content.Length, 1), (bytes.Length, bytes.ToArray()[0]));
        }

        await database.ExecuteAsync("DELETE FROM message_raw WHERE message_id = $1", mail);
        Assert.Null(await Acts.ContentAsync(claim, mail, default));
    }

    /// <summary>Two folders, INBOX and Work, both complete; one mail, or more, in INBOX.</summary>
    private async Task<(Claim Claim, ISyncStore Store, IReadOnlyList<StoredFolder> Folders, Guid Mail)> GivenAsync(int mails = 1)
    {
        var store = database.SyncStore();
        var claim = (await database.ClaimAsync(await database.StartSiloAsync(), await database.NewAccountAsync())).Claim;
        var folders = await store.ReconcileFoldersAsync(
            claim, [new ServerFolder("INBOX", "INBOX", "/", "inbox", true, null), new ServerFolder("Work", "Work", "/", null, true, null)], firstSync: true, default);
        foreach (var folder in folders) await store.BeginFolderAsync(claim, folder, Validity, null, default);
        var batch = new MailBatch(folders[0], Validity, "me@example.org", DateTimeOffset.UnixEpoch, [.. Enumerable.Range(1, mails).Select(n => Mail((uint)n))], null);
        await store.StoreAsync(claim, batch, default);
        await store.FinishFolderAsync(claim, folders[0].Id, new FolderCursor(Validity, mails + 1, null), default);
        await store.FinishFolderAsync(claim, folders[1].Id, new FolderCursor(Validity, 1, null), default);
        return (claim, store, folders, await MessageAsync(claim, 1));
    }

    private Task<Guid> MessageAsync(Claim claim, long uid) => database.ScalarAsync<Guid>(
        "SELECT l.message_id FROM location l JOIN folder f ON f.id = l.folder_id WHERE f.account_id = $1 AND l.uid = $2", claim.AccountId, uid);

    private async Task<Job> AddAsync(Claim claim, Guid mail, ActWords words, DateTimeOffset? at = null, bool supersede = true)
    {
        var job = MailboxActSql.NewJob(claim.AccountId, words.Target is null ? JobKinds.ChangeFlags : JobKinds.MoveMessage, at ?? database.Clock.GetUtcNow());
        await database.Fence().ExecuteAsync(claim, Durability.OnDisk, default, [
            JobSql.New(job, "user"), MailboxActSql.Add(job, mail, words), .. supersede ? [MailboxActSql.Supersede(job, mail, words, claim.UserId, "user")] : Array.Empty<Npgsql.NpgsqlBatchCommand>()]);
        return job;
    }

    private Task SayAsync(Guid mail, string what) => database.ExecuteAsync($"UPDATE message SET {what} WHERE id = $1", mail);

    private Task<string> SaidAsync(Guid mail) => database.ScalarAsync<string>(
        "SELECT format('read=%s starred=%s folder=%s', initcap(read_here::text), initcap(starred_here::text), folder_here) FROM message WHERE id = $1", mail);

    private Task<string> StateAsync(Job job) => database.ScalarAsync<string>("SELECT state FROM job WHERE id = $1", job.Id);

    private Task<string> CountsAsync(Claim claim) => database.ScalarAsync<string>(
        "SELECT string_agg(format('%s:%s/%s', name, message_count, uid_next), ' ' ORDER BY name) FROM folder WHERE account_id = $1", claim.AccountId);

    private static FolderUids Uids(StoredFolder folder, uint uid) => new(folder.Id, Validity, UidRanges.Between(uid, uid));

    private static IncomingMail Mail(uint uid)
    {
        var raw = new byte[100];
        BitConverter.TryWriteBytes(raw, uid);
        return new IncomingMail { Uid = uid, Flags = [], ReceivedAt = DateTimeOffset.UnixEpoch, Raw = raw, Sha256 = SHA256.HashData([.. raw, .. Guid.NewGuid().ToByteArray()]) };
    }
}
