using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>Delivery reports: of the standard form (RFC 3464) wherever its fields stand, else in the words of the system that sent it.</summary>
internal static class BounceReader
{
    private const ReportSign Sure = ReportSign.Daemon | ReportSign.FailedRecipients;
    private const ReportSign Weak = ReportSign.NullPath | ReportSign.FailureSubject | ReportSign.RobotWithMail;

    public static MailReport? Read(MimeMessage mail, ReportSign signs)
    {
        var structured = (signs & ReportSign.StatusPart) != 0;
        if (!structured && (signs & Sure) == 0 && ((signs & Weak) == 0 || (signs & (ReportSign.AutoReply | ReportSign.ReceiptPart)) != 0))
            return null;
        var text = ReportText.Of(mail);
        var ofMessage = new StatusGroup();
        var groups = StatusFields.TextOf(mail) is { } status ? StatusFields.Read(status, ofMessage) : [];
        if (groups.Count == 0)
            groups = StatusFields.Read(text.Own + "\n\n" + (structured ? text.Quoted : ""), ofMessage);
        var recipients = groups.Count > 0 ? StandardReports.Recipients(groups, text) : PlainNotices.Recipients(mail, text, signs);
        if (recipients.Count == 0)
            return null;
        var kind = recipients.Any(r => r.Action == DeliveryAction.Failed) ? MailReportKind.Bounce : MailReportKind.DeliveryNotice;
        return new MailReport { Kind = kind, Recipients = recipients, Original = OriginalReader.Of(mail, text, ofMessage) };
    }
}
