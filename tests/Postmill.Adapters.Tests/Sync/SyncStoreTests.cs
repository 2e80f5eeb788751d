using System.Security.Cryptography;
using Postmill.Adapters.Tests.Accounts;
using Postmill.Domain.Accounts;
using Postmill.Domain.Messages;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Tests.Sync;

public sealed class SyncStoreTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    private const long Validity = 7;

    [Fact]
    public async Task No_write_of_a_stale_claim_leaves_a_trace()
    {
        var (store, stale, inbox) = await FilledAsync(Mail(1), Mail(2));
        await database.ExecuteAsync("UPDATE account SET epoch = epoch + 1 WHERE id = $1", stale.AccountId);
        var before = await TraceAsync(stale.AccountId);
        foreach (var write in new Func<Task>[]
        {
            () => store.ReconcileFoldersAsync(stale, [], false, CancellationToken.None),
            () => store.BeginFolderAsync(stale, inbox, 8, 1, CancellationToken.None),
            () => store.StoreAsync(stale, Batch(inbox, Mail(3)), CancellationToken.None),
            () => store.ApplyFlagsAsync(stale, inbox.Id, Validity, [new FlagChange(1, [@"\Seen"])], CancellationToken.None),
            () => store.RemoveAsync(stale, inbox.Id, Validity, UidRanges.Between(1, 2), CancellationToken.None),
            () => store.FinishFolderAsync(stale, inbox.Id, new FolderCursor(9, 1, 1), CancellationToken.None),
            () => store.ParkFolderAsync(stale, inbox.Id, "because", CancellationToken.None),
        }) await Assert.ThrowsAsync<OwnershipLostException>(write);
        Assert.Equal(before, await TraceAsync(stale.AccountId));
    }

    [Fact]
    public async Task Batch_stored_twice_is_stored_once_and_counted_once()
    {
        var (store, claim, inbox) = await FilledAsync();
        var mails = Enumerable.Range(1, 5).Select(n => Mail((uint)n)).ToArray();
        Assert.Equal(5, (await store.StoreAsync(claim, Batch(inbox, mails), CancellationToken.None)).NewMessages);
        Assert.Equal(new BatchStored(0, null), await store.StoreAsync(claim, Batch(inbox, mails), CancellationToken.None));
        Assert.Equal(5, await store.FinishFolderAsync(claim, inbox.Id, new FolderCursor(Validity, 6, null), CancellationToken.None));
        Assert.Equal(5, await database.ScalarAsync<long>("SELECT stored_total FROM account WHERE id = $1", claim.AccountId));
    }

    [Fact]
    public async Task Uid_that_the_server_answers_twice_in_one_batch_is_one_place()
    {
        var (store, claim, inbox) = await FilledAsync();
        await store.StoreAsync(claim, Batch(inbox, Mail(1), Mail(1) with { Flags = [@"\Seen"] }), CancellationToken.None);
        Assert.Equal(@"\Seen", await database.ScalarAsync<string>("SELECT flags[1] FROM location WHERE folder_id = $1", inbox.Id));
        Assert.Equal(1, await store.FinishFolderAsync(claim, inbox.Id, new FolderCursor(Validity, 2, null), CancellationToken.None));
    }

    [Fact]
    public async Task Mail_whose_text_the_database_refuses_is_stored_bare_and_the_others_whole()
    {
        var (store, claim, inbox) = await FilledAsync();
        var stored = await store.StoreAsync(claim, Batch(inbox, Mail(1), Mail(2) with { Subject = "nul \0 here" }, Mail(3)) with { UidNext = 4 }, CancellationToken.None);
        Assert.Equal(3, stored.NewMessages);
        Assert.Equal(["1:subject 1", "2:", "3:subject 3"], await SubjectsAsync(inbox.Id));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE account_id = $1 AND action = 'message.parse'", claim.AccountId));
        Assert.Equal(4, (await store.InboxAsync(claim, CancellationToken.None))!.Cursor!.UidNext);
    }

    [Fact]
    public async Task Mail_with_more_words_than_a_search_vector_takes_is_stored()
    {
        var (store, claim, inbox) = await FilledAsync();
        var names = Enumerable.Range(0, 600).Select(n => new MailAddressValue(string.Join(' ', Enumerable.Range(0, 300).Select(w => $"w{n}x{w}é")), $"a{n}@example.org")).ToArray();
        Assert.Equal(2, (await store.StoreAsync(claim, Batch(inbox, Mail(1) with { To = names }, Mail(2)), CancellationToken.None)).NewMessages);
    }

    [Fact]
    public async Task Uids_come_back_as_ranges_and_only_those_of_the_validity()
    {
        var (store, claim, inbox) = await FilledAsync(Mail(1), Mail(2), Mail(3), Mail(9), Mail(4_294_967_295));
        Assert.Equal("1:3,9,4294967295", (await store.UidsAsync(claim, inbox.Id, Validity, CancellationToken.None)).ToString());
        Assert.True((await store.UidsAsync(claim, inbox.Id, Validity + 1, CancellationToken.None)).IsEmpty);
        await store.RemoveAsync(claim, inbox.Id, Validity, UidRanges.Of([new(2, 8), new(9, 4_294_967_294)]), CancellationToken.None);
        Assert.Equal("1,4294967295", (await store.UidsAsync(claim, inbox.Id, Validity, CancellationToken.None)).ToString());
        Assert.Equal(2, (await store.InboxAsync(claim, CancellationToken.None))!.MessageCount);
    }

    [Fact]
    public async Task Places_of_the_old_validity_stand_until_the_new_ones_are_complete()
    {
        var (store, claim, inbox) = await FilledAsync(Mail(1), Mail(2));
        await store.BeginFolderAsync(claim, inbox, 8, null, CancellationToken.None);
        await store.StoreAsync(claim, Batch(inbox, Mail(1)) with { UidValidity = 8 }, CancellationToken.None);
        Assert.Equal(3, await database.ScalarAsync<long>("SELECT count(*) FROM location WHERE folder_id = $1", inbox.Id));
        Assert.Equal(1, await store.FinishFolderAsync(claim, inbox.Id, new FolderCursor(8, 2, null), CancellationToken.None));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM location WHERE folder_id = $1", inbox.Id));
    }

    private static IncomingMail Mail(uint uid)
    {
        var raw = BitConverter.GetBytes(uid);
        return new IncomingMail { Uid = uid, Flags = [], ReceivedAt = DateTimeOffset.UnixEpoch, Raw = raw, Sha256 = SHA256.HashData(raw), Subject = $"subject {uid}" };
    }

    private static MailBatch Batch(StoredFolder folder, params IncomingMail[] mails) => new(folder, Validity, "me@example.org", DateTimeOffset.UnixEpoch.AddYears(50), mails, null);

    private async Task<(ISyncStore Store, Claim Claim, StoredFolder Inbox)> FilledAsync(params IncomingMail[] mails)
    {
        var store = database.SyncStore();
        var claim = (await database.ClaimAsync(await database.StartSiloAsync(), await database.NewAccountAsync())).Claim;
        var inbox = Assert.Single(await store.ReconcileFoldersAsync(claim, [new ServerFolder("INBOX", "INBOX", "/", "inbox", true, null)], true, CancellationToken.None));
        await store.BeginFolderAsync(claim, inbox, Validity, null, CancellationToken.None);
        if (mails.Length > 0) await store.StoreAsync(claim, Batch(inbox, mails), CancellationToken.None);
        return (store, claim, inbox);
    }

    private async Task<List<string>> SubjectsAsync(long folder)
    {
        await using var select = database.Source.CreateCommand("SELECT l.uid || ':' || coalesce(m.subject, '') FROM location l JOIN message m ON m.id = l.message_id WHERE folder_id = $1 ORDER BY uid");
        select.Parameters.Add(new() { Value = folder });
        await using var row = await select.ExecuteReaderAsync();
        var subjects = new List<string>();
        while (await row.ReadAsync()) subjects.Add(row.GetString(0));
        return subjects;
    }

    private Task<string> TraceAsync(Guid account) => database.ScalarAsync<string>("""
        SELECT (SELECT string_agg(f::text, '|' ORDER BY id) FROM folder f WHERE account_id = $1) || (SELECT count(*) FROM message WHERE account_id = $1)
          || (SELECT string_agg(l::text, '|' ORDER BY uid) FROM location l JOIN folder f ON f.id = l.folder_id WHERE f.account_id = $1)
        """, account);
}
