using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>The first look at a mail: a few headers and the types of its parts, nothing decoded that is long.</summary>
internal static class ReportSigns
{
    // Parts looked at: a report has its status part second; a digest of a thousand mails is none.
    private const int MaxPartsLookedAt = 12;

    private static readonly string[] DaemonLocalParts =
    [
        "mailer-daemon", "mailerdaemon", "mailer_daemon", "postmaster", "post_master", "mail-daemon", "mail.delivery.system", "mdaemon", "double-bounce",
        "bounce-notification", "microsoftexchange", "mail-delivery", "maildelivery",
    ];

    private static readonly string[] DaemonNames =
        [
            "mail delivery s", "mailer-daemon", "mailer daemon", "mail delivery system", "delivery subsystem", "postmaster", "ndr administrator",
            "mail administrator", "system administrator",
        ];

    private static readonly string[] RobotLocalParts = ["no-reply", "noreply", "donotreply", "do-not-reply"];

    private static readonly string[] FailureSubjects =
    [
        "undeliver", "delivery status notification", "delivery fail", "failure notice", "failed delivery", "failure delivery", "delivery has failed",
        "mail delivery failed", "returned mail", "mail failed, returning", "returning message to sender", "mail system error", "message delivery",
        "error sending your mail", "could not be delivered", "non-delivery", "nondeliverable", "delivery report", "delivery error", "mail failure",
        "unzustellbar", "nicht zugestellt", "non remis", "no se puede entregar", "no entregado", "non recapitabile", "mail could not be",
        "delivery notification: delivery has", "delivery problem", "bounced mail", "mail delivery problem", "undelivered", "delivery delayed", "(delay)",
        "delayed ", "warning: message", "warning: could not send", "sendmail error", "[bounce]", "no se ha podido entregar", "não entregue",
    ];

    public static ReportSign Of(MimeMessage mail)
    {
        var signs = OfParts(mail) | OfSender(mail);
        var headers = mail.Headers;
        if (IsNullPath(headers.FirstRaw("Return-Path").Span))
            signs |= ReportSign.NullPath;
        if (headers.Contains("X-Failed-Recipients"))
            signs |= ReportSign.FailedRecipients;
        if (AutoReplies.IsMarked(mail))
            signs |= ReportSign.AutoReply;
        var subject = Lower(mail.Subject);
        if (!IsForwarded(subject) && ContainsAny(subject, FailureSubjects))
            signs |= ReportSign.FailureSubject;
        if (subject.StartsWith("complaint about message from", StringComparison.Ordinal))
            signs |= ReportSign.ComplaintSubject;
        return signs;
    }

    // A person who passes a notice on, or asks about one.
    private static bool IsForwarded(string subject)
    {
        var colon = subject.IndexOf(':', StringComparison.Ordinal);
        return colon is > 1 and < 4 && subject.AsSpan(0, colon).Trim() is "re" or "fw" or "fwd" or "wg" or "aw" or "tr" or "rv" or "sv" or "vs";
    }

    private static ReportSign OfParts(MimeMessage mail)
    {
        var signs = ReportSign.None;
        foreach (var part in mail.Parts.Take(MaxPartsLookedAt))
        {
            var type = part.ContentType;
            if (type.EndsWith("delivery-status", StringComparison.Ordinal))
                signs |= ReportSign.StatusPart;
            else if (type == "message/feedback-report")
                signs |= ReportSign.FeedbackPart;
            else if (type == "message/disposition-notification")
                signs |= ReportSign.ReceiptPart;
            if (part.Parent is { IsMultipart: false })
                break;
        }
        if (mail.Root.ContentType == "multipart/report")
            signs |= ByReportType(Lower(mail.Root.Parameters.GetValueOrDefault("report-type")));
        return signs;
    }

    private static ReportSign ByReportType(string type) => type switch
    {
        "feedback-report" => ReportSign.FeedbackPart,
        "disposition-notification" => ReportSign.ReceiptPart,
        _ => ReportSign.StatusPart,
    };

    private static ReportSign OfSender(MimeMessage mail)
    {
        var from = mail.From.Count > 0 ? mail.From[0] : null;
        var address = Lower(from?.Address);
        var local = address.Split('@')[0];
        var name = Lower(from?.Name);
        if (Array.Exists(DaemonLocalParts, d => local.StartsWith(d, StringComparison.Ordinal)) || ContainsAny(name, DaemonNames))
            return ReportSign.Daemon;
        if (address.EndsWith("@sns.amazonaws.com", StringComparison.Ordinal))
            return ReportSign.Notification;
        var encloses = mail.Root.IsMultipart && mail.Root.Children.Any(p => p.IsMessage);
        return encloses && Array.Exists(RobotLocalParts, r => local.StartsWith(r, StringComparison.Ordinal)) ? ReportSign.RobotWithMail : ReportSign.None;
    }

    private static bool IsNullPath(ReadOnlySpan<byte> path)
    {
        path = path.Trim(" \t\r\n"u8);
        return path.SequenceEqual("<>"u8) || path.StartsWith("<MAILER-DAEMON"u8) || path.StartsWith("MAILER-DAEMON"u8);
    }

    internal static bool ContainsAny(string text, string[] words) =>
        text.Length > 0 && Array.Exists(words, w => text.Contains(w, StringComparison.Ordinal));

    internal static string Lower(string? text) => text is null ? "" : text.ToLowerInvariant();
}
