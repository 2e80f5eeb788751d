using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>Notices of no standard form: what they have in common, said once, and what single systems do, in tables.</summary>
internal static class PlainNotices
{
    // What makes a text a notice of failure. A weak sign counts only with one of these.
    private static readonly string[] Failures =
    [
        "not be delivered", "not delivered", "unable to deliver", "able to deliver", "not yet been delivered", "delivery failed", "delivery fail",
        "failed to deliver", "delivery has failed", "did not reach", "undeliver", "permanent fatal errors", "permanent error", "delivery problems",
        "error delivering", "error occurred while", "an error has occurred", "trouble delivering", "failed permanently", "failed recipient",
        "has been delayed", "is delayed", "returning message", "rejected recipient", "transcript of session", "delivery error", "failed addresses",
        "failure reasons", "non-delivered", "no valid recipients", "has been failed", "account is disabled", "did not receive this message",
        "was rejected by", "error message below", "nicht zugestellt", "n'a pas pu", "could not reach", "not deliver", "cannot be delivered", "送信できませんでした",
        "送信に失敗", "не может быть доставлено", "не было доставлено", "no se pudo entregar", "non è stato possibile", "kunne ikke leveres",
    ];

    private static readonly string[] Delays =
    [
        "has been delayed", "not yet been delivered", "is delayed for", "will be retried", "warning message only", "temporary failure report",
        "still being attempted", "will continue to try", "keep trying", "delivery attempts will continue", "will keep trying", "this is only a warning",
        "not been delivered yet",
    ];

    /// <summary>The recipients a notice names; empty when the mail is none.</summary>
    public static List<RecipientReport> Recipients(MimeMessage mail, ReportText text, ReportSign signs)
    {
        var lower = ReportSigns.Lower(text.Own);
        if (!IsNotice(lower, signs) || !IsPlausible(mail, text, lower, signs))
            return [];
        var addresses = NoticeAddresses.Of(mail, text);
        var sure = (signs & (ReportSign.FailedRecipients | ReportSign.FailureSubject | ReportSign.StatusPart)) != 0;
        if (addresses.Count == 0)
            return sure ? [Judge("", text.Own, text.Own, lower)] : [];
        var all = addresses.ConvertAll(a => a.Address);
        var whole = all.Count == 1 ? text.Own : "";
        return addresses.ConvertAll(a => Judge(a.Address, ReportBlocks.Around(text, a.Address, all), whole, lower) with { OriginalAddress = a.Original });
    }

    private static bool IsNotice(string lower, ReportSign signs)
    {
        if ((signs & ReportSign.FailedRecipients) != 0)
            return true;
        // A daemon writes other mail too, and people write about mail that failed.
        return ReportSigns.ContainsAny(lower, Failures)
            || ((signs & ReportSign.FailureSubject) != 0 && (signs & (ReportSign.Daemon | ReportSign.NullPath)) != 0);
    }

    // Shops and parcel services write of deliveries too: where nothing but the subject speaks for a mail system, it has a code or the mail with it.
    private static bool IsPlausible(MimeMessage mail, ReportText text, string lower, ReportSign signs) =>
        (signs & ~(ReportSign.FailureSubject | ReportSign.AutoReply)) != 0
        || text.Quoted.Length > 0 || ReplyCodes.Reply(lower) is not null || ReplyCodes.Status(lower) is not null || mail.Parts.Any(p => p.IsMessage);

    private static RecipientReport Judge(string address, string around, string whole, string lower)
    {
        var action = ReportSigns.ContainsAny(lower, Delays) ? DeliveryAction.Delayed : DeliveryAction.Failed;
        return new BounceEvidence("", around, around, whole).Judge(address, action);
    }
}
