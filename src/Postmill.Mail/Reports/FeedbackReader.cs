using System.Text;
using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>
/// Complaints: feedback reports (RFC 5965), with or without the original, the one large provider's form without a report, and requests to unsubscribe
/// that a program sent.
/// </summary>
internal static class FeedbackReader
{
    // A program's answer to List-Unsubscribe (RFC 2369): the subject is what the link said.
    private static readonly string[] UnsubscribeSubjects = ["unsubscribe"];

    public static MailReport? Read(MimeMessage mail, ReportSign signs)
    {
        if ((signs & ReportSign.FeedbackPart) != 0 && OfPart(mail) is { } report)
            return report;
        if ((signs & ReportSign.ComplaintSubject) != 0 && OfEnclosedMail(mail) is { } complaint)
            return complaint;
        return (signs & ReportSign.AutoReply) != 0 && UnsubscribeSubjects.Contains(ReportSigns.Lower(mail.Subject).Trim()) ? OptOut(mail) : null;
    }

    private static MailReport? OfPart(MimeMessage mail)
    {
        var fields = Fields(mail);
        var type = ReportSigns.Lower(fields?.First("Feedback-Type")).Trim();
        if (fields is null || type.Length is 0 or > 60)
            return null;
        var addresses = fields.All("Original-Rcpt-To").Concat(fields.All("Removal-Recipient")).Concat(Enclosed(mail)?.All("X-HmXmrOriginalRecipient") ?? []);
        var original = OriginalReader.Of(mail, ReportText.Of(mail));
        var envelope = fields.First("Original-Envelope-Id");
        return Complaint(type, addresses, original with { EnvelopeId = envelope is null ? null : StorableText.Cut(envelope, ReportLimits.MaxDiagnosticChars) });
    }

    private static MailReport? OfEnclosedMail(MimeMessage mail) =>
        Enclosed(mail) is { } headers ? Complaint("abuse", headers.All("X-HmXmrOriginalRecipient"), OriginalReader.Of(mail, null)) : null;

    private static MailReport OptOut(MimeMessage mail) => Complaint("opt-out", mail.From.Select(f => f.Address).Take(1), OriginalReader.Of(mail, null));

    private static MailReport Complaint(string type, IEnumerable<string> addresses, OriginalMail original)
    {
        var recipients = addresses.Select(ReportAddress.OfField).OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Take(ReportLimits.MaxRecipients)
            .Select(a => new RecipientReport { Address = a, Action = DeliveryAction.Delivered, Reason = BounceReason.Feedback });
        return new MailReport { Kind = MailReportKind.Complaint, FeedbackType = type, Recipients = [.. recipients], Original = original };
    }

    private static MimeHeaders? Fields(MimeMessage mail)
    {
        foreach (var part in mail.Parts)
        {
            if (part.ContentType == "message/feedback-report")
                return MimeHeaders.Parse(Encoding.UTF8.GetBytes(BodyText.Decode(part, ReportLimits.MaxPartBytes).TrimStart()));
        }
        return null;
    }

    private static MimeHeaders? Enclosed(MimeMessage mail) =>
        mail.Parts.FirstOrDefault(p => p.IsMessage && p.Children.Count > 0)?.Children[0].Headers;
}
