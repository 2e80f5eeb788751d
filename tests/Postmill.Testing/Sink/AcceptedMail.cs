using System.Text.Json.Serialization;

namespace Postmill.Testing.Sink;

/// <summary>A line of the journal: a mail that the sink took responsibility for, whatever its client heard of it.</summary>
/// <param name="At">By the sink's clock.</param>
/// <param name="Connection">Number of the connection, from 1.</param>
/// <param name="User">Who had logged in.</param>
/// <param name="FromParameters">Of MAIL, as sent.</param>
/// <param name="Recipients">Addresses that were accepted, without brackets.</param>
/// <param name="RecipientParameters">Of each RCPT, as sent.</param>
/// <param name="MessageId">As in the mail, brackets included.</param>
/// <param name="Sha256">Of the mail without dot-stuffing, in lower-case hex.</param>
public sealed record AcceptedMail(
    DateTimeOffset At, int Connection, string? User, string From, string FromParameters, IReadOnlyList<string> Recipients, IReadOnlyList<string> RecipientParameters,
    string? MessageId, string Sha256, long Length)
{
    /// <summary>The mail byte for byte; null unless kept.</summary>
    [JsonIgnore]
    public byte[]? Content { get; init; }
}
