namespace Postmill.Mail.Reports;

/// <summary>What a mail tells about mail that was sent.</summary>
public enum MailReportKind
{
    /// <summary>At least one recipient did not get the mail, for good (RFC 3464 action "failed", or a notice of any form that says so).</summary>
    Bounce,

    /// <summary>A delivery report in which nothing failed: delayed, delivered, relayed or expanded.</summary>
    DeliveryNotice,

    /// <summary>A feedback report (RFC 5965); see <see cref="MailReport.FeedbackType"/>.</summary>
    Complaint,

    /// <summary>An answer no person wrote (RFC 3834), a read receipt (RFC 8098) included.</summary>
    AutoReply,
}
