namespace Postmill.Mail.Mime;

/// <summary>A mailbox of an address field (RFC 5322 section 3.4), groups flattened.</summary>
/// <param name="Name">The decoded display name; null when there is none.</param>
/// <param name="Address">The addr-spec as written, without angle brackets, route and comments; empty when the entry has only a name.</param>
public sealed record MailAddress(string? Name, string Address);
