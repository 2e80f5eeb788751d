using System.Buffers;
using MailKit;

namespace Postmill.Mail.Imap;

/// <summary>System flags are bits for MailKit and words for us and on the wire (RFC 9051 §2.3.2).</summary>
internal static class FlagNames
{
    private static readonly (MessageFlags Flag, string Name)[] Known =
    [
        (MessageFlags.Answered, @"\Answered"),
        (MessageFlags.Flagged, @"\Flagged"),
        (MessageFlags.Deleted, @"\Deleted"),
        (MessageFlags.Seen, @"\Seen"),
        (MessageFlags.Draft, @"\Draft"),
    ];

    private static readonly SearchValues<char> NoAtom = SearchValues.Create("(){%*\"\\] ");

    /// <summary>As words. <c>\Recent</c> says something about this session, not about the mail, and is left out; so is what breaks <see cref="ImapLimits"/>.</summary>
    public static IReadOnlyList<string> Of(MessageFlags flags, IEnumerable<string> keywords) =>
        [.. Known.Where(known => flags.HasFlag(known.Flag)).Select(known => known.Name).Concat(keywords.Where(IsKept).Take(ImapLimits.Flags))];

    /// <summary>As bits and keywords.</summary>
    /// <exception cref="ArgumentException">Something is no flag, or a system flag that nobody can set.</exception>
    public static (MessageFlags Flags, IReadOnlyList<string> Keywords) Of(IReadOnlyList<string> names)
    {
        var flags = MessageFlags.None;
        var keywords = new List<string>();
        foreach (var name in names)
        {
            var known = Array.Find(Known, known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Flag;
            if (known == MessageFlags.None) keywords.Add(IsAtom(name) ? name : throw new ArgumentException($"«{name}» is not a flag that can be set.", nameof(names)));
            flags |= known;
        }

        return (flags, keywords);
    }

    // Control characters are no flag anywhere, and U+0000 would be refused by the store.
    private static bool IsKept(string keyword) => keyword.Length is > 0 and <= ImapLimits.FlagLength && !keyword.Any(char.IsControl);

    private static bool IsAtom(string name) => name.Length > 0 && !name.AsSpan().ContainsAny(NoAtom) && !name.AsSpan().ContainsAnyExceptInRange('!', '~');
}
