namespace Postmill.Domain.Messages;

/// <summary>An address as one word of the index, beside the words that it is cut into: an exact address is then one look-up. It holds an @, so it is no other word.</summary>
public static class SearchAddress
{
    /// <summary>Characters; RFC 5321 section 4.5.3.1 allows 254 octets, and what is longer is nobody's address.</summary>
    private const int MaxChars = 254;

    /// <summary>Lower case, as mailboxes are compared everywhere; null when this is no whole address.</summary>
    public static string? Of(string text)
    {
        var at = text.LastIndexOf('@');
        if (at <= 0 || at == text.Length - 1 || text.Length > MaxChars) return null;
        foreach (var c in text)
        {
            if (char.IsControl(c) || char.IsWhiteSpace(c) || c is '*' or '"') return null;
        }

        return text.ToLowerInvariant();
    }
}
