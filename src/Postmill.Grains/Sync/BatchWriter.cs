using System.Threading.Channels;
using Postmill.Domain.Accounts;
using Postmill.Domain.Feed;
using Postmill.Domain.Messages;

namespace Postmill.Grains.Sync;

/// <summary>
/// Gathers mails into batches and stores them while the next ones are being read: at most one batch is being written and one waits, so memory is bounded and the
/// reader is held back when the database is slower than the mail server.
/// </summary>
internal sealed class BatchWriter(OwnedMailbox owned, StoredFolder folder, long uidValidity, ISyncStore store, IGrainFactory grains, SyncOptions options)
{
    /// <summary>The folder's UIDNEXT moves with each batch: for mails that arrive one after the other at the end of a complete folder.</summary>
    public bool MovesCursor { get; init; }

    /// <summary>The highest UID read.</summary>
    public uint LastUid { get; private set; }

    /// <summary>Stores all mails of <paramref name="mails"/>; answers how many were new.</summary>
    public async Task<int> WriteAsync(IAsyncEnumerable<IncomingMail> mails, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var batches = Channel.CreateBounded<MailBatch>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
        var writing = StoreAllAsync(batches.Reader, failed);
        // A mail server's fault lets the writer finish what was read; a writer's fault cancels the gathering and is the one that is thrown.
        await Task.WhenAll(GatherAsync(mails, batches.Writer, failed.Token), writing);
        return await writing;
    }

    private async Task GatherAsync(IAsyncEnumerable<IncomingMail> mails, ChannelWriter<MailBatch> batches, CancellationToken cancellationToken)
    {
        var batch = new List<IncomingMail>();
        long bytes = 0;
        try
        {
            await foreach (var mail in mails.WithCancellation(cancellationToken))
            {
                batch.Add(mail);
                LastUid = Math.Max(LastUid, mail.Uid);
                bytes += mail.Raw.Length;
                if (batch.Count < options.BatchMails && bytes < options.BatchBytes) continue;
                await batches.WriteAsync(BatchOf(batch), cancellationToken);
                batch = [];
                bytes = 0;
            }

            if (batch.Count > 0) await batches.WriteAsync(BatchOf(batch), cancellationToken);
        }
        catch (MailboxFaultException) when (batch.Count > 0)
        {
            // What was read is stored before the fault goes on: the next run has less to do.
            await batches.WriteAsync(BatchOf(batch), cancellationToken);
            throw;
        }
        finally
        {
            batches.Complete();
        }
    }

    private MailBatch BatchOf(List<IncomingMail> mails) =>
        new(folder, uidValidity, owned.Account.Email, owned.Account.ConnectedAt, mails, MovesCursor ? LastUid + 1L : null);

    private async Task<int> StoreAllAsync(ChannelReader<MailBatch> batches, CancellationTokenSource failed)
    {
        var total = 0;
        try
        {
            await foreach (var batch in batches.ReadAllAsync(CancellationToken.None))
            {
                var stored = await store.StoreAsync(owned.Account.Claim, batch, failed.Token);
                total += stored.NewMessages;
                if (stored.FeedSeq is { } seq) await grains.Feed(owned.Account.Claim.UserId).Advanced(seq);
            }
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }

        return total;
    }
}
