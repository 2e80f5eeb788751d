using System.Text.Json;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>What is known of a mail without opening it. Never a body.</summary>
/// <param name="Folders">Names of the folders it is in now, the one to show first; none once the server has it no more. Where the user put the record, if he did.</param>
/// <param name="Flags">All flags that any of its places has: the server's word.</param>
/// <param name="ReadHere">The user's word, until the server has a new one; so is <paramref name="StarredHere"/>.</param>
public sealed record StoredEmail(
    Guid Id,
    Guid AccountId,
    string Direction,
    string? MessageId,
    Guid ThreadId,
    string? Subject,
    JsonElement From,
    JsonElement To,
    JsonElement Cc,
    JsonElement Bcc,
    JsonElement ReplyTo,
    DateTimeOffset? Date,
    DateTimeOffset ReceivedAt,
    IReadOnlyList<string> Folders,
    IReadOnlyList<string> Flags,
    bool HasAttachments,
    long Size,
    string Snippet,
    IReadOnlyList<string> Tags,
    string? Notes,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    bool? ReadHere = null,
    bool? StarredHere = null,
    Guid? TaskId = null,
    Guid? JobId = null)
{
    public bool IsRead => ReadHere ?? Flags.Contains("\\Seen", StringComparer.OrdinalIgnoreCase);

    public bool IsStarred => StarredHere ?? Flags.Contains("\\Flagged", StringComparer.OrdinalIgnoreCase);
}
