namespace Postmill.Domain.Messages;

/// <summary>Which mails of an account are meant; what is null does not matter.</summary>
/// <param name="Folder">A folder's name, or its special use (RFC 6154 without the backslash, or <c>inbox</c>).</param>
/// <param name="After">Received later than this.</param>
/// <param name="Before">Received earlier than this.</param>
public sealed record EmailFilter(
    string? Folder = null,
    string? Direction = null,
    bool? Unread = null,
    bool? Starred = null,
    bool? HasAttachments = null,
    Guid? ThreadId = null,
    string? MessageId = null,
    DateTimeOffset? After = null,
    DateTimeOffset? Before = null,
    string? Tag = null);
