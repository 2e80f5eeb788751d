using System.Text;

namespace Postmill.Protocols.Imap.Wire;

/// <summary>Reads flag lists; equal flags share one string per connection, so that a million messages do not cost a million of them.</summary>
internal sealed class FlagTable(ImapLimits limits)
{
    private static readonly string[] WellKnown = [@"\Seen", @"\Recent", @"\Answered", @"\Flagged", @"\Deleted", @"\Draft", "$Forwarded", "NonJunk", "Junk"];
    private readonly List<string> _known = [.. WellKnown];

    /// <summary>A parenthesized list of flags.</summary>
    public IReadOnlyList<string> ReadList(ref ImapTokenizer tokens)
    {
        tokens.OpenList();
        List<string>? flags = null;
        while (tokens.NextInList())
        {
            if (tokens.Peek == '(')
            {
                tokens.SkipValue();
                continue;
            }
            var flag = tokens.ReadAString();
            if (flag.IsEmpty || flag.Length > limits.FlagBytes || flags?.Count >= limits.Flags) continue;
            // Control characters are no flag anywhere, and U+0000 would be refused by the store.
            if (flag.ContainsAnyInRange((byte)0, (byte)31)) continue;
            (flags ??= new List<string>(4)).Add(Intern(flag));
        }
        return flags is null ? [] : flags;
    }

    private string Intern(ReadOnlySpan<byte> flag)
    {
        foreach (var known in _known)
        {
            if (Matches(known, flag)) return known;
        }
        var made = Encoding.Latin1.GetString(flag);
        if (_known.Count < limits.InternedKeywords) _known.Add(made);
        return made;
    }

    // Keywords keep their case as sent; the system flags are the same in any case.
    private static bool Matches(string known, ReadOnlySpan<byte> flag)
    {
        if (known.Length != flag.Length) return false;
        return known[0] == '\\' ? Ascii.EqualsIgnoreCase(flag, known) : Ascii.Equals(flag, known);
    }
}
