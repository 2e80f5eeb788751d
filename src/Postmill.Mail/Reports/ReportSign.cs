namespace Postmill.Mail.Reports;

/// <summary>What, at first sight, speaks for a mail being a report. Weak signs count only together with what the text says.</summary>
[Flags]
internal enum ReportSign
{
    None = 0,

    /// <summary>A part of a delivery-status type, or a multipart/report for one.</summary>
    StatusPart = 1,

    /// <summary>A part of type message/feedback-report, or a multipart/report for one.</summary>
    FeedbackPart = 2,

    /// <summary>A read receipt.</summary>
    ReceiptPart = 4,

    /// <summary>From a mail system: MAILER-DAEMON, postmaster …</summary>
    Daemon = 8,

    /// <summary>The null return path (RFC 5321 section 4.5.5).</summary>
    NullPath = 16,

    /// <summary>X-Failed-Recipients names recipients.</summary>
    FailedRecipients = 32,

    /// <summary>The subject is one that mail systems use.</summary>
    FailureSubject = 64,

    /// <summary>The mail says of itself that it is an automatic answer.</summary>
    AutoReply = 128,

    /// <summary>From an address nobody reads, enclosing a mail.</summary>
    RobotWithMail = 256,

    /// <summary>A service's notice in JSON.</summary>
    Notification = 512,

    /// <summary>A complaint without a feedback part, by its subject.</summary>
    ComplaintSubject = 1024,
}
