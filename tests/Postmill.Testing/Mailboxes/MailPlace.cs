namespace Postmill.Testing.Mailboxes;

/// <summary>One mail in one folder, as both sides can tell it.</summary>
public sealed record MailPlace(string Folder, uint Uid, string Flags, string Sha256, DateTimeOffset ReceivedAt);
