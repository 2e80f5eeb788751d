using Postmill.Domain.Messages;
using Postmill.Grains.Sync;

namespace Postmill.Grains.Tests.Sync;

/// <summary>What a folder's sync asks the server: no more than the changes need, no less than the truth needs.</summary>
public sealed class FolderSyncTests : IAsyncDisposable
{
    private readonly MemoryStore _store = new();
    private readonly ScriptedMailbox _mailbox = new();
    private readonly List<string> _broken = [];

    public FolderSyncTests()
    {
        for (var uid = 1u; uid <= 5; uid++) _mailbox.Mails[uid] = [];
    }

    public ValueTask DisposeAsync() => _mailbox.DisposeAsync();

    [Fact]
    public async Task First_meeting_compares_and_fetches_everything_newest_first()
    {
        Assert.Equal(5, await RunAsync(Opened(uidNext: 6, modSeq: 10), new SyncOptions { PieceUids = 2 }));
        Assert.Equal(["select", "search", "fetch 4:5", "fetch 2:3", "fetch 1"], _mailbox.Asked);
        Assert.Equal(new FolderCursor(7, 6, 10), _store.Inbox.Cursor);
    }

    [Fact]
    public async Task Qresync_that_says_nothing_changed_costs_one_select()
    {
        await FilledAsync(modSeq: 10);
        await RunAsync(Opened(uidNext: 6, modSeq: 10, delta: Nothing));
        Assert.Equal(["select"], _mailbox.Asked);
    }

    [Fact]
    public async Task Condstore_reads_the_changed_flags_only()
    {
        await FilledAsync(modSeq: 10);
        await RunAsync(Opened(uidNext: 6, modSeq: 12));
        Assert.Equal(["select", $"flags 1:{uint.MaxValue} since 10"], _mailbox.Asked);
    }

    [Theory, InlineData(9L), InlineData(null)]
    public async Task Mod_sequences_that_went_back_or_away_make_all_flags_be_read(long? now)
    {
        await FilledAsync(modSeq: 10);
        await RunAsync(Opened(uidNext: 6, modSeq: now));
        Assert.Equal(["select", $"flags 1:{uint.MaxValue}"], _mailbox.Asked);
    }

    [Fact]
    public async Task Mod_sequences_beyond_53_bits_are_compared_exactly()
    {
        const long huge = (1L << 62) + 1;
        await FilledAsync(modSeq: huge);
        await RunAsync(Opened(uidNext: 6, modSeq: huge + 1));
        Assert.Equal($"flags 1:{uint.MaxValue} since {huge}", _mailbox.Asked[1]);
    }

    [Fact]
    public async Task Count_that_differs_though_nothing_was_announced_is_looked_into()
    {
        await FilledAsync(modSeq: 10);
        _mailbox.Mails.Remove(3);
        await RunAsync(Opened(uidNext: 6, modSeq: 10, delta: Nothing));
        Assert.Equal(["select", "search"], _mailbox.Asked);
        Assert.Equal(["QRESYNC"], _broken);
    }

    [Fact]
    public async Task Count_that_differs_without_qresync_or_because_mails_are_missing_here_is_no_broken_promise()
    {
        await FilledAsync(modSeq: 10);
        _mailbox.Mails.Remove(3);
        await RunAsync(Opened(uidNext: 6, modSeq: 11));
        _mailbox.Mails[3] = [];
        _mailbox.Mails[8] = [];
        await RunAsync(Opened(uidNext: 6, modSeq: 12, delta: Nothing));
        Assert.Empty(_broken);
    }

    [Fact]
    public async Task Gap_of_a_billion_uids_is_searched_and_not_asked_for()
    {
        await FilledAsync(modSeq: 10);
        _mailbox.Mails[4_000_000_000] = [];
        Assert.Equal(1, await RunAsync(Opened(uidNext: 4_000_000_001, modSeq: 11, delta: Nothing)));
        Assert.Equal(["select", "search", "fetch 4000000000"], _mailbox.Asked);
    }

    [Fact]
    public async Task Server_that_does_not_tell_uidnext_is_compared_each_time_and_fetched_once()
    {
        await RunAsync(Opened(uidNext: 0, modSeq: null));
        _mailbox.Forget();
        _mailbox.Mails[6] = [];
        Assert.Equal(1, await RunAsync(Opened(uidNext: 0, modSeq: null)));
        Assert.Equal(["select", $"flags 1:{uint.MaxValue}", "search", "fetch 6"], _mailbox.Asked);
    }

    [Fact]
    public async Task Fill_that_was_broken_off_goes_on_where_it_was()
    {
        await _store.BeginFolderAsync(Given.Account.Claim, _store.Inbox, 7, 10, CancellationToken.None);
        await _store.StoreAsync(Given.Account.Claim, new MailBatch(_store.Inbox, 7, "", default, [Given.Mail(4), Given.Mail(5)], null), CancellationToken.None);
        Assert.Equal(3, await RunAsync(Opened(uidNext: 6, modSeq: 12)));
        Assert.Equal(["select", "search", "flags 4:5 since 10", "fetch 1:3"], _mailbox.Asked);
    }

    [Fact]
    public async Task Fill_that_was_broken_off_before_mod_sequences_went_back_reads_all_flags()
    {
        await _store.BeginFolderAsync(Given.Account.Claim, _store.Inbox, 7, 10, CancellationToken.None);
        await _store.StoreAsync(Given.Account.Claim, new MailBatch(_store.Inbox, 7, "", default, [Given.Mail(4), Given.Mail(5)], null), CancellationToken.None);
        await RunAsync(Opened(uidNext: 6, modSeq: 3));
        Assert.Contains("flags 4:5", _mailbox.Asked);
    }

    private static FolderDelta Nothing => new(UidRanges.Empty, []);

    private OpenedFolder Opened(long uidNext, long? modSeq, FolderDelta? delta = null) => new(7, uidNext, _mailbox.Mails.Count, modSeq, delta);

    private async Task FilledAsync(long modSeq)
    {
        await RunAsync(Opened(uidNext: 6, modSeq));
        _mailbox.Forget();
    }

    private async Task<int?> RunAsync(OpenedFolder opened, SyncOptions? options = null)
    {
        _mailbox.Opens = () => opened;
        return await new FolderSync(new OwnedMailbox(Given.Account, _mailbox, _broken.Add), _store, null!, options ?? new SyncOptions()).RunAsync(_store.Inbox, null, CancellationToken.None);
    }
}
