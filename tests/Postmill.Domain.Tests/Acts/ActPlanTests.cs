using Postmill.Domain.Acts;

namespace Postmill.Domain.Tests.Acts;

public sealed class ActPlanTests
{
    [Theory]
    [InlineData("Work INBOX All", "Archive", "INBOX")]
    [InlineData("All Work", "Archive", "Work")]
    [InlineData("All", "Archive", "All")]
    [InlineData("Work Work Notes", "Archive", "Work Work")]
    [InlineData("INBOX Archive", "Archive", "INBOX")]
    [InlineData("INBOX! Work", "Archive", "Work")]
    [InlineData("Archive", "Archive", "")]
    [InlineData("INBOX! Archive", "Archive", "")]
    [InlineData("", "Archive", "")]
    public void A_move_takes_the_mail_out_of_the_folder_that_is_shown(string places, string target, string moved) =>
        Assert.Equal(moved, Words(ActPlan.OfMove(Places(places), target)));

    [Theory]
    [InlineData("INBOX Work Trash", true, "INBOX Work")]
    [InlineData("INBOX Work Trash", false, "INBOX Work Trash")]
    [InlineData("Trash", true, "")]
    [InlineData("INBOX! Trash", true, "")]
    [InlineData("INBOX! Trash", false, "Trash")]
    public void A_deletion_empties_every_place_outside_of_the_trash_or_all(string places, bool toTrash, string gone) =>
        Assert.Equal(gone, Words(ActPlan.OfDelete(Places(places), toTrash ? "Trash" : null)));

    [Theory]
    [InlineData("INBOX", "Trash", true)]
    [InlineData("INBOX Trash", "Trash", true)]
    [InlineData("", "Trash", true)]
    [InlineData("Trash Trash", "Trash", false)]
    [InlineData("INBOX", null, false)]
    public void What_lies_in_the_trash_alone_goes_for_good(string places, string? trash, bool moves) => Assert.Equal(moves, ActPlan.GoesToTrash(Places(places), trash));

    [Theory]
    [InlineData("INBOX Sent:sent Gesendet", "Sent", null)]
    [InlineData("INBOX Sent Odd:sent", "Odd", null)]
    [InlineData("INBOX Sent", "Sent", null)]
    [InlineData("INBOX INBOX.sent INBOX.Trash", "INBOX.sent", "INBOX.Trash")]
    [InlineData("INBOX INBOX/Papierkorb", null, "INBOX/Papierkorb")]
    [InlineData("INBOX Sentences Work/Sent", null, null)]
    public void Folders_are_found_by_their_use_and_else_by_their_name(string folders, string? sent, string? trash)
    {
        var all = folders.Split(' ').Select(folder => folder.Split(':')).ToList();
        Assert.Equal(sent, SpecialFolders.FindSent(all, folder => folder.ElementAtOrDefault(1), folder => folder[0])?[0]);
        Assert.Equal(trash, SpecialFolders.FindTrash(all, folder => folder.ElementAtOrDefault(1), folder => folder[0])?[0]);
    }

    /// <summary>Folders in the order of their ids; <c>!</c> marks what waits for an expunge.</summary>
    private static List<MessagePlace> Places(string words)
    {
        string[] folders = ["Work", "Notes", "INBOX", "Archive", "Trash", "All"];
        return [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((word, at) => (Name: word.TrimEnd('!'), Marked: word.EndsWith('!'), at)).Select(place => new MessagePlace(
            Array.IndexOf(folders, place.Name), place.Name, place.Name is "INBOX" or "All" ? place.Name.ToLowerInvariant() : null, 1, (uint)place.at + 1, place.Marked ? [@"\deleted"] : []))];
    }

    private static string Words(IEnumerable<MessagePlace> places) => string.Join(' ', places.Select(place => place.WireName));
}
