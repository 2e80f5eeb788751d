namespace Postmill.Domain.Sending;

/// <summary>A recipient of a mail that was sent, with what came back so far; a row.</summary>
/// <param name="Reached">The server has the mail for it, or may have it: sent, in doubt, or being sent now.</param>
/// <param name="Bounced">Null: it has not bounced.</param>
public sealed record SentRecipient(Guid JobId, int Ordinal, string MessageId, string Address, bool Reached, BounceType? Bounced, bool Complained);
