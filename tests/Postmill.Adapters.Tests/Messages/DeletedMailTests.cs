using System.Security.Cryptography;
using Npgsql;
using Postmill.Adapters.Postgres.Messages.Editing;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Adapters.Tests.Accounts;
using Postmill.Domain.Accounts;
using Postmill.Domain.Messages;
using Postmill.Grains.Sync;

namespace Postmill.Adapters.Tests.Messages;

/// <summary>What a sync sees of mail that the user deleted or edited.</summary>
public sealed class DeletedMailTests(AccountDatabase database) : IClassFixture<AccountDatabase>
{
    private const long Validity = 7;

    [Fact]
    public async Task Deleted_mail_is_not_brought_back_by_an_incremental_sync_a_full_one_or_a_renumbered_folder()
    {
        var (store, claim, inbox) = await FilledAsync(Mail(1), Mail(2), Mail(3));
        Assert.Equal(2, await EraseAsync(claim, 1, 2));

        // The same UIDs again, as a run that was cut off fetches them; a copy of one under a new UID.
        Assert.Equal(new BatchStored(0, null), await store.StoreAsync(claim, Batch(inbox, Mail(1), Mail(2), Mail(3), Mail(2) with { Uid = 4 }), CancellationToken.None));
        Assert.Equal("subject 3", await ShownAsync(claim));
        // The number of places is what the server counts, so no run looks for what is missing.
        Assert.Equal(4, await store.FinishFolderAsync(claim, inbox.Id, new FolderCursor(Validity, 5, null), CancellationToken.None));
        Assert.Equal("1:4", (await store.UidsAsync(claim, inbox.Id, Validity, CancellationToken.None)).ToString());

        await store.BeginFolderAsync(claim, inbox, 8, null, CancellationToken.None);
        var again = await store.StoreAsync(claim, Batch(inbox, Mail(1), Mail(2), Mail(3)) with { UidValidity = 8 }, CancellationToken.None);
        Assert.Equal(new BatchStored(0, null), again);
        Assert.Equal(3, await store.FinishFolderAsync(claim, inbox.Id, new FolderCursor(8, 4, null), CancellationToken.None));
        Assert.Equal("subject 3", await ShownAsync(claim));

        // Gone from every folder and back by a move: still known.
        await store.RemoveAsync(claim, inbox.Id, 8, UidRanges.Between(1, 3), CancellationToken.None);
        Assert.Equal(0, (await store.StoreAsync(claim, Batch(inbox, Mail(1) with { Uid = 9 }) with { UidValidity = 8 }, CancellationToken.None)).NewMessages);
        Assert.Equal("subject 3", await ShownAsync(claim));
        Assert.Equal(3, await database.ScalarAsync<long>("SELECT stored_total FROM account WHERE id = $1", claim.AccountId));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM message_raw r JOIN message m ON m.id = r.message_id WHERE m.account_id = $1", claim.AccountId));
    }

    [Fact]
    public async Task A_word_of_the_server_ends_an_edit_and_an_unchanged_flag_does_not()
    {
        var (store, claim, inbox) = await FilledAsync(Mail(1), Mail(2));
        await database.ExecuteAsync("UPDATE message SET read_here = true, starred_here = true, folder_here = 'x' WHERE account_id = $1", claim.AccountId);
        await store.ApplyFlagsAsync(claim, inbox.Id, Validity, [new FlagChange(1, [@"\Seen", @"\Answered"]), new FlagChange(2, [@"\Answered"])], CancellationToken.None);
        Assert.Equal("1:-tx 2:ttx", await EditsAsync(inbox));
        // A batch that meets the same places again says the same; one with another flag says something new.
        await store.StoreAsync(claim, Batch(inbox, Mail(2) with { Flags = [@"\Answered"] }), CancellationToken.None);
        Assert.Equal("1:-tx 2:ttx", await EditsAsync(inbox));
        await store.StoreAsync(claim, Batch(inbox, Mail(2) with { Flags = [@"\Flagged"] }), CancellationToken.None);
        Assert.Equal("1:-tx 2:t-x", await EditsAsync(inbox));
        await store.StoreAsync(claim, Batch(inbox, Mail(2) with { Uid = 3 }), CancellationToken.None);
        await store.RemoveAsync(claim, inbox.Id, Validity, UidRanges.Between(3, 3), CancellationToken.None);
        Assert.Equal("1:-tx 2:t--", await EditsAsync(inbox));
    }

    [Fact]
    public async Task A_sync_goes_on_while_records_are_being_deleted_and_edited_and_the_other_way_round()
    {
        var (store, claim, inbox) = await FilledAsync([.. Enumerable.Range(1, 20).Select(n => Mail((uint)n))]);
        await using (var connection = await database.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            // A deletion that has not committed yet holds the rows of ten mails.
            await using var batch = connection.CreateBatch();
            foreach (var command in Erasing.Commands(await IdsAsync(claim, 1, 10), claim.AccountId, database.Clock.GetUtcNow())) batch.BatchCommands.Add(command);
            await batch.ExecuteNonQueryAsync();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await store.StoreAsync(claim, Batch(inbox, Mail(1) with { Uid = 41 }, Mail(99) with { Uid = 42 }), patience.Token);
            await store.ApplyFlagsAsync(claim, inbox.Id, Validity, [new FlagChange(2, [@"\Seen"]), new FlagChange(15, [@"\Seen"])], patience.Token);
            // Another deletion takes what is free and waits for nobody.
            Assert.Equal(2, await EraseAsync(claim, [.. Enumerable.Range(1, 12)]));
            await transaction.CommitAsync();
        }

        Assert.Equal(9, (await ShownAsync(claim)).Split(',').Length);

        await using (var connection = await database.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            // A batch of a sync that has not committed yet holds the account's row and its new places.
            await using var batch = connection.CreateBatch();
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT fence($1, $2, $3)") { Parameters = { new() { Value = claim.AccountId }, new() { Value = claim.Owner }, new() { Value = claim.Epoch } } });
            batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO location SELECT folder_id, uid_validity, uid + 1000, message_id, flags FROM location WHERE folder_id = $1") { Parameters = { new() { Value = inbox.Id } } });
            await batch.ExecuteNonQueryAsync();
            Assert.Equal(3, await EraseAsync(claim, 13, 14, 15));
            await transaction.CommitAsync();
        }

        Assert.Equal(6, (await ShownAsync(claim)).Split(',').Length);
    }

    private async Task<int> EraseAsync(Claim claim, params int[] uids) =>
        await new EmailEraser(database.Source, database.Clock).EraseAsync(claim.AccountId, await IdsAsync(claim, uids), CancellationToken.None);

    private Task<Guid[]> IdsAsync(Claim claim, int first, int last) => IdsAsync(claim, [.. Enumerable.Range(first, last - first + 1)]);

    private Task<Guid[]> IdsAsync(Claim claim, int[] uids) => database.ScalarAsync<Guid[]>(
        "SELECT array_agg(DISTINCT l.message_id) FROM location l JOIN folder f ON f.id = l.folder_id WHERE f.account_id = $1 AND l.uid = ANY ($2)",
        claim.AccountId, uids.Select(uid => (long)uid).ToArray());

    private async Task<string> ShownAsync(Claim claim)
    {
        var page = await new EmailQueries(database.Source).ListAsync(claim.UserId, claim.AccountId, new EmailFilter(), null, 100, 0, CancellationToken.None);
        return string.Join(',', page!.Emails.Select(email => email.Subject).Order(StringComparer.Ordinal));
    }

    private Task<string> EditsAsync(StoredFolder folder) => database.ScalarAsync<string>("""
        SELECT string_agg(uid || ':' || coalesce(left(read_here::text, 1), '-') || coalesce(left(starred_here::text, 1), '-') || coalesce(folder_here, '-'), ' ' ORDER BY uid)
        FROM location l JOIN message m ON m.id = l.message_id WHERE folder_id = $1
        """, folder.Id);

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
        await store.StoreAsync(claim, Batch(inbox, mails), CancellationToken.None);
        return (store, claim, inbox);
    }
}
