using System.Text;
using Postmill.Adapters.Mail;
using Postmill.Adapters.Tests.Accounts;
using Postmill.Domain.Accounts;
using Postmill.Domain.Messages;
using Postmill.Grains.Sync;
using Postmill.Testing.Letters;

namespace Postmill.Adapters.Tests.Sending;

/// <summary>A mailbox with mails that were sent from it, and reports that come into it.</summary>
internal sealed class ReportGiven(AccountDatabase database, ISyncStore store, Claim claim, StoredFolder inbox)
{
    private uint _uid;

    public Claim Claim => claim;

    public static async Task<ReportGiven> NewAsync(AccountDatabase database, Guid? user = null)
    {
        var store = database.SyncStore();
        var account = (await database.Book().ConnectAsync(user ?? await database.NewUserAsync(), AccountDatabase.Account($"{Guid.NewGuid():N}@example.org"), CancellationToken.None)).AccountId!.Value;
        var claim = (await database.ClaimAsync(await database.StartSiloAsync(), account)).Claim;
        var inbox = Assert.Single(await store.ReconcileFoldersAsync(claim, [new ServerFolder("INBOX", "INBOX", "/", "inbox", true, null)], true, CancellationToken.None));
        await store.BeginFolderAsync(claim, inbox, 7, null, CancellationToken.None);
        return new ReportGiven(database, store, claim, inbox);
    }

    public Task<Guid> SentAsync(string messageId, string state, params string[] recipients) => database.Source.SentAsync(claim.AccountId, messageId, state, recipients);

    public Task<BatchStored> ArrivesAsync(params string[] mails) => ArrivesAsync(isNews: true, mails);

    public async Task<BatchStored> ArrivesAsync(bool isNews, params string[] mails)
    {
        var connected = isNews ? DateTimeOffset.UnixEpoch : DateTimeOffset.UnixEpoch.AddYears(90);
        var read = mails.Select(m => IncomingMailReader.Read(++_uid, [], DateTimeOffset.UnixEpoch.AddYears(50).AddSeconds(_uid), Encoding.UTF8.GetBytes(m))).ToArray();
        return await store.StoreAsync(claim, new MailBatch(inbox, 7, "me@example.org", connected, read, null), CancellationToken.None);
    }

    public Task<string> RecipientsAsync(Guid job) => database.ScalarAsync<string>("""
        SELECT string_agg(concat_ws(' ', state, bounce_type, bounce_reason, bounce_code, CASE WHEN complained_at IS NOT NULL THEN 'complained' END), '; ' ORDER BY ordinal)
        FROM outgoing_recipient WHERE job_id = $1
        """, job);

    public Task<string> SuppressedAsync() =>
        database.ScalarAsync<string>("SELECT coalesce(string_agg(email_key || ' ' || reason, '; ' ORDER BY email_key), '') FROM suppression WHERE user_id = $1", claim.UserId);

    /// <summary>Types of the user's events beside those of the mails themselves.</summary>
    public Task<string> EventsAsync() => database.ScalarAsync<string>(
        "SELECT coalesce(string_agg(payload::text, '; ' ORDER BY seq), '') FROM event WHERE user_id = $1 AND type <> 'email_received'", claim.UserId);

    public Task<string> JobAsync(Guid job) => database.ScalarAsync<string>("SELECT state FROM job WHERE id = $1", job);

    public Task<long> LinesAsync(string action) => database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE user_id = $1 AND action = $2", claim.UserId, action);
}
