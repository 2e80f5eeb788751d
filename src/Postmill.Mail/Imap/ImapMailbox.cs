namespace Postmill.Mail.Imap;

/// <summary>One mailbox of a LIST answer (RFC 9051 §7.3.1).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Delimiter">Hierarchy delimiter; null for a flat name.</param>
/// <param name="IsSelectable">Whether it can be selected: neither <c>\Noselect</c> nor <c>\NonExistent</c>.</param>
/// <param name="SpecialUse">Its special use (RFC 6154, RFC 8457), such as <c>\Sent</c>; null when it has none.</param>
public sealed record ImapMailbox(ImapMailboxName Name, char? Delimiter, bool IsSelectable, string? SpecialUse)
{
    /// <summary>Counters, when asked for together with the list (RFC 5819) and given.</summary>
    public ImapStatus? Status { get; init; }

    /// <summary>Whether the server's line about it is not IMAP: then the name is what could be read, or what the line says.</summary>
    public bool IsUnreadable { get; init; }
}
