using System.Runtime.CompilerServices;
using Postmill.Domain.Messages;
using Postmill.Domain.Sync;
using Postmill.Grains.Accounts;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Tests.Sync;

public sealed class BatchWriterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly SyncOptions TensOfMails = new() { BatchMails = 10 };
    private readonly MemoryStore _store = new();
    private int _read;

    [Fact]
    public async Task Mails_are_stored_in_batches_in_the_order_they_came()
    {
        Assert.Equal(25, await Writer(TensOfMails).WriteAsync(Mails(1, 25), CancellationToken.None));
        Assert.Equal([10, 10, 5], _store.Batches.Select(b => b.Mails.Count));
        Assert.Equal(Enumerable.Range(1, 25).Select(n => (uint)n), _store.Stored);
        Assert.All(_store.Batches, batch => Assert.Null(batch.UidNext));
    }

    [Fact]
    public async Task Large_mails_make_small_batches()
    {
        await Writer(new SyncOptions { BatchBytes = 65_536 }).WriteAsync(Mails(1, 6, bytes: 30_000), CancellationToken.None);
        Assert.Equal([3, 3], _store.Batches.Select(b => b.Mails.Count));
    }

    [Fact]
    public async Task Nothing_read_is_nothing_written()
    {
        Assert.Equal(0, await Writer(TensOfMails).WriteAsync(Mails(1, 0), CancellationToken.None));
        Assert.Empty(_store.Batches);
    }

    [Fact]
    public async Task Cursor_moves_with_each_batch_for_mails_at_the_end_of_a_folder()
    {
        var writer = new BatchWriter(new OwnedMailbox(Given.Account, null!, _ => { }), _store.Inbox, 7, _store, null!, TensOfMails) { MovesCursor = true };
        await writer.WriteAsync(Mails(41, 15), CancellationToken.None);
        Assert.Equal([51L, 56L], _store.Batches.Select(b => b.UidNext!.Value));
        Assert.Equal(55u, writer.LastUid);
    }

    [Fact]
    public async Task Fault_of_the_mail_server_stores_what_was_read_before_it_goes_on()
    {
        var fault = new MailboxFaultException(new SyncFailure(SyncFailure.Unreachable, "cut"));
        var thrown = await Assert.ThrowsAsync<MailboxFaultException>(() => Writer(TensOfMails).WriteAsync(Mails(1, 17, fault), CancellationToken.None).WaitAsync(Patience));
        Assert.Same(fault, thrown);
        Assert.Equal(17, _store.Stored.Count);
    }

    [Fact]
    public async Task Fault_of_the_store_stops_the_reading_and_is_the_one_thrown()
    {
        var lost = new OwnershipLostException(Given.Account.Claim);
        _store.Storing = batch => batch.Mails[0].Uid > 10 ? Task.FromException(lost) : Task.CompletedTask;
        var thrown = await Assert.ThrowsAsync<OwnershipLostException>(() => Writer(TensOfMails).WriteAsync(Mails(1, 1_000_000), CancellationToken.None).WaitAsync(Patience));
        Assert.Same(lost, thrown);
        Assert.Equal(10, _store.Stored.Count);
        Assert.True(_read < 1_000_000, "the reader went on to the end");
    }

    [Fact]
    public async Task Slow_store_holds_the_reader_back()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.Storing = _ =>
        {
            entered.TrySetResult();
            return gate.Task;
        };
        var writing = Writer(TensOfMails).WriteAsync(Mails(1, 500), CancellationToken.None);
        await entered.Task.WaitAsync(Patience);
        // One batch is being written, one waits, one is being gathered.
        Assert.InRange(_read, 10, 31);
        gate.SetResult();
        Assert.Equal(500, await writing.WaitAsync(Patience));
    }

    [Fact]
    public async Task Cancelled_it_ends_and_leaves_no_reader_behind()
    {
        using var cancel = new CancellationTokenSource();
        _store.Storing = _ => cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Writer(TensOfMails).WriteAsync(Mails(1, 1_000_000), cancel.Token).WaitAsync(Patience));
        Assert.Empty(_store.Batches);
        Assert.True(_read < 1_000_000, "the reader went on to the end");
    }

    private BatchWriter Writer(SyncOptions options) => new(new OwnedMailbox(Given.Account, null!, _ => { }), _store.Inbox, 7, _store, null!, options);

    private async IAsyncEnumerable<IncomingMail> Mails(
        uint first, int count, Exception? then = null, int bytes = 100, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var at = 0; at < count; at++)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            _read++;
            yield return Given.Mail(first + (uint)at, bytes);
        }

        if (then is not null) throw then;
    }

    private IAsyncEnumerable<IncomingMail> Mails(uint first, int count, int bytes) => Mails(first, count, null, bytes);
}
