namespace Postmill.Domain.Sending;

/// <summary>
/// What of a report counts. It speaks of one mail, and only if that was sent by the user in whose mailbox it arrived; of recipients only those to whom
/// that mail went. Everything else is a stranger's word and changes nothing. What was counted once is not counted again.
/// </summary>
public static class ReportPolicy
{
    /// <param name="known">Recipients of the user's own mails that the report may be about.</param>
    public static IReadOnlyList<ReportMark> Decide(IncomingReport report, IReadOnlyList<SentRecipient> known)
    {
        var mail = MailOf(report, known);
        var marks = new Dictionary<int, ReportMark>();
        foreach (var said in Spoken(report))
        {
            if (Find(said, mail) is not { } recipient || !Changes(report.Kind, said, recipient)) continue;
            var before = marks.GetValueOrDefault(recipient.Ordinal);
            if (before is null || said.Type > before.Said.Type) marks[recipient.Ordinal] = new ReportMark(recipient, report.Kind, said);
        }

        return [.. marks.Values.OrderBy(mark => mark.Recipient.Ordinal)];
    }

    /// <summary>The first of its ids that names a mail which was sent; a report about one mail may quote several.</summary>
    private static List<SentRecipient> MailOf(IncomingReport report, IReadOnlyList<SentRecipient> known)
    {
        if (Guid.TryParse(report.EnvelopeId, out var jobId) && known.Where(r => r.JobId == jobId).ToList() is { Count: > 0 } named) return named;
        foreach (var id in report.MessageIds)
        {
            var recipients = known.Where(r => r.MessageId == id).ToList();
            if (recipients.Count > 0) return recipients;
        }

        return [];
    }

    /// <summary>A complaint with its recipient blacked out is about whoever got the mail, if that was one.</summary>
    private static IReadOnlyList<ReportedRecipient> Spoken(IncomingReport report) =>
        report.Recipients.Count > 0 ? report.Recipients : [new ReportedRecipient("", null, BounceType.Soft, null, null, null)];

    private static SentRecipient? Find(ReportedRecipient said, List<SentRecipient> mail)
    {
        if (said.Address.Length == 0) return mail.Count == 1 ? mail[0] : null;
        var (key, original) = (RecipientKey.Of(said.Address), said.Original is null ? null : RecipientKey.Of(said.Original));
        return mail.Find(r => RecipientKey.Of(r.Address) == key) ?? mail.Find(r => RecipientKey.Of(r.Address) == original);
    }

    private static bool Changes(ReportKind kind, ReportedRecipient said, SentRecipient recipient) => recipient.Reached && kind switch
    {
        ReportKind.Bounce => recipient.Bounced is null || said.Type > recipient.Bounced,
        ReportKind.Complaint => !recipient.Complained,
        _ => true,
    };
}
