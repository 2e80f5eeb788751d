namespace Postmill.Mail.Imap;

/// <summary>A message with its flags and keywords, <c>\Recent</c> not among them.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Flags">System flags as in RFC 9051 §2.3.2, keywords as the server writes them.</param>
public sealed record ImapFlags(uint Uid, IReadOnlyList<string> Flags);

/// <summary>A mail with its content.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Flags">As in <see cref="ImapFlags"/>.</param>
/// <param name="InternalDate">When the server received it; null also when the server's date is none (<c>00-Jan-0000</c>).</param>
/// <param name="Size">Octets of the content, as sent.</param>
/// <param name="Body">The content, octet for octet; null when it is larger than was allowed.</param>
public sealed record ImapMail(uint Uid, IReadOnlyList<string> Flags, DateTimeOffset? InternalDate, int Size, byte[]? Body);
