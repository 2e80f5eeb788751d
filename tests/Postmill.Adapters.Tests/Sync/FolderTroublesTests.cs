using Postmill.Adapters.Mail;
using Postmill.Testing;

namespace Postmill.Adapters.Tests.Sync;

public sealed class FolderTroublesTests
{
    private readonly ManualClock _clock = new();
    private readonly FolderTroubles _troubles;
    private readonly Guid _account = Guid.NewGuid();

    public FolderTroublesTests() => _troubles = new FolderTroubles(_clock);

    [Fact]
    public void After_the_first_time_a_folder_is_opened_with_care_and_after_the_second_it_rests()
    {
        Assert.False(_troubles.Had(_account, "Work"));
        _troubles.Add(_account, "Work", "a line");
        Assert.True(_troubles.Had(_account, "Work"));
        Assert.Null(_troubles.Refusal(_account, "Work"));

        _troubles.Add(_account, "Work", "another line");
        Assert.Equal("another line", _troubles.Refusal(_account, "Work"));
        _clock.Advance(FolderTroubles.Rest);
        Assert.Null(_troubles.Refusal(_account, "Work"));
        _troubles.Add(_account, "Work", "and again");
        Assert.Equal("and again", _troubles.Refusal(_account, "Work"));
    }

    [Fact]
    public void Other_folders_and_other_accounts_have_no_part_in_it()
    {
        _troubles.Add(_account, "Work", "a line");
        _troubles.Add(_account, "Work", "a line");
        Assert.Null(_troubles.Refusal(_account, "INBOX"));
        Assert.False(_troubles.Had(_account, "INBOX"));
        Assert.False(_troubles.Had(Guid.NewGuid(), "Work"));
    }
}
