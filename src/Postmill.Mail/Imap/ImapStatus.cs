namespace Postmill.Mail.Imap;

/// <summary>Counters of a mailbox (RFC 9051 §7.3.4); null where not given.</summary>
/// <param name="Messages">Number of messages.</param>
/// <param name="UidNext">The next UID will be this or higher.</param>
/// <param name="UidValidity">Validity of the UIDs.</param>
/// <param name="HighestModSeq">Highest mod-sequence (RFC 7162), at most 2^63 - 1.</param>
public sealed record ImapStatus(uint Messages, uint? UidNext, uint? UidValidity, long? HighestModSeq);
