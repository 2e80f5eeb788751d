namespace Postmill.Domain.Acts;

/// <summary>
/// A mailbox's folder of sent mail, or of deleted mail: the one that the server names as such (RFC 6154), else one of a name that mail programs use for it. A server
/// without special uses would otherwise delete for good what its user expects in the trash.
/// </summary>
public static class SpecialFolders
{
    private static readonly string[] Sent = ["Sent", "Sent Items", "Sent Messages", "Sent Mail", "Gesendet", "Gesendete Elemente"];
    private static readonly string[] Trash = ["Trash", "Deleted Items", "Deleted Messages", "Deleted", "Bin", "Papierkorb", "Gelöschte Elemente"];

    public static T? FindSent<T>(IEnumerable<T> selectable, Func<T, string?> specialUse, Func<T, string> name) where T : class => Find(selectable, "sent", Sent, specialUse, name);

    public static T? FindTrash<T>(IEnumerable<T> selectable, Func<T, string?> specialUse, Func<T, string> name) where T : class => Find(selectable, "trash", Trash, specialUse, name);

    private static T? Find<T>(IEnumerable<T> selectable, string use, string[] names, Func<T, string?> specialUse, Func<T, string> name) where T : class
    {
        var all = selectable.ToList();
        if (all.Find(folder => specialUse(folder) == use) is { } named) return named;
        return names.Select(wanted => all.Find(folder => Last(name(folder)).Equals(wanted, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(found => found is not null);
    }

    /// <summary><c>INBOX.Sent</c> and <c>INBOX/Sent</c> are named Sent.</summary>
    private static string Last(string name) => name.StartsWith("INBOX.", StringComparison.OrdinalIgnoreCase) || name.StartsWith("INBOX/", StringComparison.OrdinalIgnoreCase) ? name[6..] : name;
}
