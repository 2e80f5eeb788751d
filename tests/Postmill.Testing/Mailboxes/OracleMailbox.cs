using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Postmill.Testing.Mailboxes;

/// <summary>
/// The judge of every sync: a full read of a mailbox by a client that shares no line with ours. It knows Dovecot's way of answering and nothing else.
/// </summary>
public sealed partial class OracleMailbox
{
    private OracleMailbox(List<MailPlace> places) => Places = places;

    public IReadOnlyList<MailPlace> Places { get; }

    /// <param name="from">Own address, by which the server's log tells this session from others.</param>
    public static async Task<OracleMailbox> ReadAsync(int port, string user, string password, IPAddress? from = null)
    {
        await using var imap = await PlainImap.LoginAsync(port, user, password, from);
        var places = new List<MailPlace>();
        foreach (var list in (await imap.CommandAsync("LIST \"\" *")).Where(l => l.Text.StartsWith("* LIST", StringComparison.Ordinal) && !l.Text.Contains(@"\Noselect", StringComparison.Ordinal)))
        {
            var quoted = ListedName().Match(list.Text).Groups[1].Value;
            await imap.CommandAsync($"EXAMINE {quoted}");
            var name = quoted.Trim('"').Replace("\\\"", "\"", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal);
            foreach (var fetched in await imap.CommandAsync("UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])"))
                if (fetched.Literal is { } body && Item().Match(fetched.Text) is { Success: true } item) places.Add(Place(name, item, body));
        }

        await imap.CommandAsync("LOGOUT");
        return new OracleMailbox(places);
    }

    public void AssertEquals(IReadOnlyList<MailPlace> stored)
    {
        if (DifferencesTo(stored) is { } differences) throw new InvalidOperationException(differences);
    }

    /// <summary>What the store says otherwise, at most five places of each kind; null when it says the same.</summary>
    public string? DifferencesTo(IReadOnlyList<MailPlace> stored)
    {
        var missing = Places.Except(stored).Order(ByPlace).Take(5).ToList();
        var extra = stored.Except(Places).Order(ByPlace).Take(5).ToList();
        return missing.Count == 0 && extra.Count == 0 && Places.Count == stored.Count
            ? null
            : $"server {Places.Count}, store {stored.Count}; not in the store: {string.Join("; ", missing)}; only in the store: {string.Join("; ", extra)}";
    }

    private static readonly Comparer<MailPlace> ByPlace = Comparer<MailPlace>.Create((a, b) => (a.Folder, a.Uid).CompareTo((b.Folder, b.Uid)));

    private static MailPlace Place(string folder, Match item, byte[] body) => new(
        folder,
        uint.Parse(item.Groups["uid"].Value, CultureInfo.InvariantCulture),
        string.Join(' ', item.Groups["flags"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(f => f != @"\Recent").Order(StringComparer.Ordinal)),
        Convert.ToHexString(SHA256.HashData(body)),
        DateTimeOffset.ParseExact(item.Groups["date"].Value.Trim(), "d-MMM-yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture).ToUniversalTime());

    [GeneratedRegex(@"\* LIST \([^)]*\) \S+ (.+)$")]
    private static partial Regex ListedName();

    [GeneratedRegex(@"UID (?<uid>\d+) FLAGS \((?<flags>[^)]*)\) INTERNALDATE ""(?<date>[^""]+)""")]
    private static partial Regex Item();
}
