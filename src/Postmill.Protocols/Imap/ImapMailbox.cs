namespace Postmill.Protocols.Imap;

/// <summary>One mailbox of a LIST answer (RFC 9051 §7.3.1).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Delimiter">Hierarchy delimiter; null for a flat name.</param>
/// <param name="Attributes">Attributes as sent, such as <c>\Noselect</c>, <c>\HasChildren</c>, <c>\Sent</c>.</param>
public sealed record ImapMailbox(ImapMailboxName Name, char? Delimiter, IReadOnlyList<string> Attributes)
{
    private static readonly string[] Uses = [@"\All", @"\Archive", @"\Drafts", @"\Flagged", @"\Junk", @"\Sent", @"\Trash", @"\Important"];

    /// <summary>Counters, when asked for together with the list (RFC 5819) and given.</summary>
    public ImapStatus? Status { get; init; }

    /// <summary>Whether it can be selected.</summary>
    public bool IsSelectable => !Has(@"\Noselect") && !Has(@"\NonExistent");

    /// <summary>Its special use (RFC 6154, RFC 8457), such as <c>\Sent</c>; null when it has none.</summary>
    public string? SpecialUse => Array.Find(Uses, Has);

    /// <summary>Whether it has the attribute, compared without regard to case.</summary>
    public bool Has(string attribute) => Attributes.Contains(attribute, StringComparer.OrdinalIgnoreCase);
}
