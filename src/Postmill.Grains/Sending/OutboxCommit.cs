using Postmill.Domain.Sending;

namespace Postmill.Grains.Sending;

/// <summary>What one transaction of an account's outbox says.</summary>
/// <param name="Outcomes">Of mails whose intent was committed before.</param>
/// <param name="Intents">Jobs of mails that are to be sent from this commit on.</param>
/// <param name="Pace">What is used of the limits after it; null: nothing is limited.</param>
/// <param name="FileCopies">Mails that are sent with it are to be filed in the Sent folder by us.</param>
public sealed record OutboxCommit(IReadOnlyList<MailOutcome> Outcomes, IReadOnlyList<Guid> Intents, Pace? Pace, bool FileCopies, DateTimeOffset At);

/// <param name="Response">What the server said to the mail as a whole, for the log.</param>
public sealed record MailOutcome(OutgoingMail Mail, Attempt Attempt, string? Response = null);
