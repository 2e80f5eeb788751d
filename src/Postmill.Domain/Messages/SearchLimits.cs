namespace Postmill.Domain.Messages;

/// <summary>What one search may ask for. Each term costs the index a look-up, and each word of a phrase a comparison of positions.</summary>
public static class SearchLimits
{
    /// <summary>Characters (UTF-16 units) of a query: a pasted sentence fits, a pasted mail does not.</summary>
    public const int QueryChars = 500;

    /// <summary>Terms and conditions of a query.</summary>
    public const int Terms = 32;

    /// <summary>Words of one term: a phrase of this many pairs is a line of Chinese.</summary>
    public const int TermWords = 200;

    /// <summary>Characters of one folder, tag, address or Message-ID in a query.</summary>
    public const int ValueChars = 998;

    /// <summary>Places marked in one text; the rest is not shown anyway.</summary>
    public const int Hits = 200;

    /// <summary>Characters of a snippet before it is escaped and marked.</summary>
    public const int SnippetChars = 240;

    /// <summary>Characters that a snippet shows before its first hit.</summary>
    public const int SnippetLead = 60;
}
