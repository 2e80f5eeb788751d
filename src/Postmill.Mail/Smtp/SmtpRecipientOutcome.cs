namespace Postmill.Mail.Smtp;

/// <summary>What became of one recipient, and in whose words.</summary>
/// <param name="Recipient">Who.</param>
/// <param name="Verdict">What.</param>
/// <param name="Phase">Where it was decided: a refusal of the whole mail (MAIL, DATA, content) is one of each recipient that was not refused before.</param>
/// <param name="Reply">The server's words: for an accepted recipient those of its RCPT. Code, <see cref="SmtpReply.Status"/> and the cleaned <see cref="SmtpReply.Text"/> are in it.</param>
/// <param name="RefusedByUs">Why the server was not asked, when it was not.</param>
public readonly record struct SmtpRecipientOutcome(SmtpRecipient Recipient, SmtpVerdict Verdict, SmtpPhase Phase, SmtpReply? Reply, SmtpRefusedByUs? RefusedByUs = null);
