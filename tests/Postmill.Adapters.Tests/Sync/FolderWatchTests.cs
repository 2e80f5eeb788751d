using Postmill.Adapters.Mail;
using Postmill.Grains.Sync;
using Postmill.Mail.Imap;

namespace Postmill.Adapters.Tests.Sync;

public sealed class FolderWatchTests
{
    private readonly FolderWatch _watch = new();

    public FolderWatchTests() => _watch.Selected(10);

    [Fact]
    public void Growth_is_told_once()
    {
        Assert.True(_watch.Saw(new ImapExists(11)));
        Assert.Equal(FolderSignal.Grew, _watch.Take());
        Assert.Null(_watch.Take());
    }

    [Fact]
    public void The_count_said_again_is_no_news()
    {
        Assert.False(_watch.Saw(new ImapExists(10)));
        Assert.Null(_watch.Take());
    }

    [Fact]
    public void Expunge_and_growth_in_either_order_ask_for_a_look_at_everything()
    {
        _watch.Saw(new ImapExists(11));
        _watch.Saw(new ImapExpunge(3));
        Assert.Equal(FolderSignal.Changed, _watch.Take());
        _watch.Saw(new ImapExpunge(3));
        _watch.Saw(new ImapExists(12));
        Assert.Equal(FolderSignal.Changed, _watch.Take());
    }

    [Fact]
    public void Mail_that_takes_the_place_of_an_expunged_one_is_growth()
    {
        _watch.Saw(new ImapExpunge(3));
        Assert.Equal(FolderSignal.Changed, _watch.Take());
        Assert.True(_watch.Saw(new ImapExists(10))); // nine were left
        Assert.Equal(FolderSignal.Grew, _watch.Take());
    }

    [Fact]
    public void Vanished_counts_unless_it_was_earlier_and_spurious_uids_do_not_wrap_the_count()
    {
        Assert.False(_watch.Saw(new ImapVanished(UidSet.Of(1, 2), Earlier: true)));
        Assert.True(_watch.Saw(new ImapVanished(UidSet.From(1), Earlier: false)));
        Assert.Equal(FolderSignal.Changed, _watch.Take());
        Assert.True(_watch.Saw(new ImapExists(1)));
    }

    [Fact]
    public void Flags_ask_for_a_look_with_or_without_uid()
    {
        Assert.True(_watch.Saw(new ImapFlagsChanged(7)));
        Assert.Equal(FolderSignal.Changed, _watch.Take());
        Assert.True(_watch.Saw(new ImapFlagsChanged(null)));
        Assert.Equal(FolderSignal.Changed, _watch.Take());
    }

    [Fact]
    public void What_was_said_of_the_folder_before_is_void()
    {
        _watch.Saw(new ImapExpunge(1));
        _watch.Reset();
        _watch.Selected(3);
        Assert.Null(_watch.Take());
        Assert.False(_watch.Saw(new ImapExists(3)));
    }
}
