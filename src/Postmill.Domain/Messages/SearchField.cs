namespace Postmill.Domain.Messages;

/// <summary>Where in a mail a word stands; the index keeps the four apart by their weights.</summary>
public enum SearchField
{
    /// <summary>In any field, the text or a file name.</summary>
    Anywhere,

    Subject,

    /// <summary>Name or address of the sender.</summary>
    From,

    /// <summary>Name or address of a recipient: To, Cc, Bcc.</summary>
    To,
}
