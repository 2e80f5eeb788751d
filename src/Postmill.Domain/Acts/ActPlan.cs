namespace Postmill.Domain.Acts;

/// <summary>Which places of a mail an act touches. Pure.</summary>
public static class ActPlan
{
    /// <summary>The folder that is shown as the mail's own: INBOX first, Gmail's All Mail last (everything is in it), else the oldest.</summary>
    private static int Rank(MessagePlace place) => place.SpecialUse switch { "inbox" => 0, "all" => 2, _ => 1 };

    /// <summary>A move takes the mail out of the folder that its user sees it in; copies elsewhere stay. Empty: it is not to be found outside of <paramref name="target"/>.</summary>
    public static IReadOnlyList<MessagePlace> OfMove(IReadOnlyList<MessagePlace> places, string target)
    {
        var outside = Outside(places, target);
        var shown = outside.OrderBy(Rank).ThenBy(place => place.FolderId).FirstOrDefault();
        return [.. outside.Where(place => place.FolderId == shown?.FolderId)];
    }

    /// <summary>
    /// A deletion means the mail wherever it is: every place outside of the trash goes there. Without a <paramref name="trash"/> all places go for good. Which of both it is,
    /// was decided when it was asked for: a deletion that is repeated finds the mail in the trash, and must leave it there.
    /// </summary>
    public static IReadOnlyList<MessagePlace> OfDelete(IReadOnlyList<MessagePlace> places, string? trash) =>
        trash is null ? [.. places.Where(place => !place.IsMarkedDeleted)] : Outside(places, trash);

    /// <summary>Whether a deletion moves into the trash: there is one, and the mail is not only there.</summary>
    public static bool GoesToTrash(IReadOnlyList<MessagePlace> places, string? trash) => trash is not null && (places.Count == 0 || Outside(places, trash).Count > 0);

    private static List<MessagePlace> Outside(IReadOnlyList<MessagePlace> places, string target) =>
        [.. places.Where(place => place.WireName != target && !place.IsMarkedDeleted)];
}
