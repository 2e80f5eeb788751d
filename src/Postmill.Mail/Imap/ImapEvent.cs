namespace Postmill.Mail.Imap;

/// <summary>Something the server said without being asked about the selected mailbox.</summary>
public abstract record ImapEvent
{
    private protected ImapEvent() { }
}

/// <summary>Number of messages in the mailbox (RFC 9051 §7.4.1); also told after messages went.</summary>
/// <param name="Count">Messages now.</param>
public sealed record ImapExists(uint Count) : ImapEvent;

/// <summary>A message is gone (RFC 9051 §7.5.1).</summary>
/// <param name="SequenceNumber">Its sequence number; all higher ones move down by one.</param>
public sealed record ImapExpunge(uint SequenceNumber) : ImapEvent;

/// <summary>Messages are gone, by UID (RFC 7162 §3.2.10). May name UIDs that never existed, and huge ranges.</summary>
/// <param name="Uids">The UIDs.</param>
/// <param name="Earlier">Whether they went before this session; does not change the message count.</param>
public sealed record ImapVanished(UidSet Uids, bool Earlier) : ImapEvent;

/// <summary>Flags of a message changed.</summary>
/// <param name="Uid">Its UID; null when the server does not say it.</param>
public sealed record ImapFlagsChanged(uint? Uid) : ImapEvent;
