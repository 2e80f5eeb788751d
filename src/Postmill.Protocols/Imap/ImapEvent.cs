namespace Postmill.Protocols.Imap;

/// <summary>Something the server said without being asked, about the selected mailbox or (NOTIFY) about others.</summary>
public abstract record ImapEvent
{
    private protected ImapEvent() { }
}

/// <summary>Number of messages in the mailbox (RFC 9051 §7.4.1).</summary>
/// <param name="Count">Messages now.</param>
public sealed record ImapExists(uint Count) : ImapEvent;

/// <summary>A message is gone (RFC 9051 §7.5.1).</summary>
/// <param name="SequenceNumber">Its sequence number; all higher ones move down by one.</param>
public sealed record ImapExpunge(uint SequenceNumber) : ImapEvent;

/// <summary>Messages are gone, by UID (RFC 7162 §3.2.10). May name UIDs that never existed, and huge ranges.</summary>
/// <param name="Uids">The UIDs.</param>
/// <param name="Earlier">Whether they went before this session; does not change the message count.</param>
public sealed record ImapVanished(UidSet Uids, bool Earlier) : ImapEvent;

/// <summary>Data of a message changed, mostly its flags; <see cref="ImapFetched.Uid"/> may be missing.</summary>
/// <param name="Message">What was said.</param>
public sealed record ImapMessageChanged(ImapFetched Message) : ImapEvent;

/// <summary>The flags defined in the mailbox changed.</summary>
/// <param name="Flags">All of them.</param>
public sealed record ImapFlagsChanged(IReadOnlyList<string> Flags) : ImapEvent;

/// <summary>Counters of a mailbox (RFC 5465: also of one that is not selected).</summary>
/// <param name="Status">The counters.</param>
public sealed record ImapStatusChanged(ImapStatus Status) : ImapEvent;

/// <summary>A mailbox was made, renamed or removed (RFC 5465).</summary>
/// <param name="Mailbox">The mailbox; with <c>\NonExistent</c> when removed.</param>
public sealed record ImapMailboxChanged(ImapMailbox Mailbox) : ImapEvent;

/// <summary>An untagged OK, NO or BAD: [ALERT] texts, [NOTIFICATIONOVERFLOW], [HIGHESTMODSEQ], [CLOSED].</summary>
/// <param name="Code">Response code in capitals, without its arguments; null when there is none.</param>
/// <param name="Text">The server's words, cleaned.</param>
public sealed record ImapNotice(string? Code, string Text) : ImapEvent;
