using Postmill.Domain.Messages;

namespace Postmill.Adapters.Postgres.Messages.Editing;

/// <summary>A mail that a client writes down, without a server that has it.</summary>
/// <param name="MessageId">Without angle brackets; null: one is made.</param>
/// <param name="Direction">Null: outbound when the account is its author.</param>
public sealed record EmailRecord(
    string? MessageId, string? Direction, DateTimeOffset? Date, string? Subject,
    IReadOnlyList<MailAddressValue> From, IReadOnlyList<MailAddressValue> To, IReadOnlyList<MailAddressValue> Cc, IReadOnlyList<MailAddressValue> Bcc,
    IReadOnlyList<MailAddressValue> ReplyTo, string? Text, string? Html, EmailChange State);
