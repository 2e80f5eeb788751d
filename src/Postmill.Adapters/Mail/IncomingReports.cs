using System.Globalization;
using Postmill.Domain.Sending;
using Postmill.Mail.Mime;
using Postmill.Mail.Reports;

namespace Postmill.Adapters.Mail;

/// <summary>From what <c>Postmill.Mail</c> reads in a mail to what the product makes of it.</summary>
internal static class IncomingReports
{
    // A mail has one parent; a few more are what clients write who answer several.
    private const int MostParents = 4;

    /// <summary>The report that could count; null for ordinary mail, for answers, and for what tells of success or delay.</summary>
    public static IncomingReport? Of(MailReport? report) => report switch
    {
        { Kind: MailReportKind.Bounce } => Report(ReportKind.Bounce, report, report.Recipients.Where(r => r.Action == DeliveryAction.Failed)),
        { Kind: MailReportKind.Complaint, IsUnwanted: true, FeedbackType: "opt-out" or "opt-out-list" } => Report(ReportKind.Unsubscribe, report, report.Recipients),
        { Kind: MailReportKind.Complaint, IsUnwanted: true } => Report(ReportKind.Complaint, report, report.Recipients),
        _ => null,
    };

    /// <summary>
    /// The mails that whoever wrote this one has had before him: its parents, and the one it reports on. Not all of References: a chain also holds what was only quoted along.
    /// </summary>
    public static IReadOnlyList<string> Parents(MimeMessage mail, MailReport? report) =>
        report is not null ? [.. report.Original.MessageIds.Take(1)]
        : mail.InReplyTo is { Count: > 0 } parents ? [.. parents.Take(MostParents)]
        : [.. mail.References.TakeLast(1)];

    private static IncomingReport Report(ReportKind kind, MailReport report, IEnumerable<RecipientReport> recipients) =>
        new(kind, report.Original.MessageIds, report.Original.EnvelopeId, [.. recipients.Select(Recipient)]);

    private static ReportedRecipient Recipient(RecipientReport said) => new(
        said.Address, said.OriginalAddress, said.IsHard ? BounceType.Hard : BounceType.Soft,
        said.Status?.ToString() ?? said.ReplyCode?.ToString(CultureInfo.InvariantCulture),
        said.Reason == BounceReason.Undefined ? null : said.Reason.ToString().ToLowerInvariant(), said.Diagnostic);
}
