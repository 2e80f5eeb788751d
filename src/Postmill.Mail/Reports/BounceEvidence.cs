using Postmill.Mail.Mime;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Reports;

/// <summary>All that a report says of one recipient, from the nearest words to the farthest.</summary>
/// <param name="Diagnostic">The remote server's words.</param>
/// <param name="Judged">The same with what stands around them in their field.</param>
/// <param name="Around">Lines of the human text near the address.</param>
/// <param name="Whole">All of the human text, when it speaks of this recipient alone.</param>
internal sealed record BounceEvidence(string Diagnostic, string Judged, string Around, string Whole)
{
    /// <summary>The status in the reporter's own field.</summary>
    public SmtpEnhancedStatus? ReportedStatus { get; init; }

    public RecipientReport Judge(string address, DeliveryAction action)
    {
        var status = ReplyCodes.Status(Diagnostic) ?? ReportedStatus;
        // "5.0.0" is what reporters write who have no status.
        if (status is null or { Subject: 0, Detail: 0 })
            status = ReplyCodes.Status(Around) ?? ReplyCodes.Status(Whole) ?? status;
        var reply = ReplyCodes.Reply(Diagnostic) ?? ReplyCodes.Reply(Around) ?? ReplyCodes.Reply(Whole);
        var reason = action is DeliveryAction.Failed or DeliveryAction.Delayed ? Reason(status, reply) : BounceReason.Undefined;
        return new RecipientReport
        {
            Address = address,
            Action = action,
            Status = status,
            ReplyCode = reply,
            Diagnostic = Shown(address),
            Reason = reason,
            IsHard = action == DeliveryAction.Failed && BounceVerdict.IsHard(reason, status, reply),
        };
    }

    private BounceReason Reason(SmtpEnhancedStatus? status, int? reply)
    {
        var around = ReportSigns.Lower(Around);
        var stage = SmtpStages.Of(ReportSigns.Lower(Diagnostic));
        if (stage == SmtpStage.Unknown)
            stage = SmtpStages.Of(around);
        if (stage == SmtpStage.Unknown)
            stage = SmtpStages.Of(ReportSigns.Lower(Whole));
        return BounceVerdict.Reason(ReportWords.Of(Judged), ReportWords.Of(Around), ReportWords.Of(Whole), status, reply, stage);
    }

    // The nearest words that say more than whom they are about.
    private string? Shown(string address)
    {
        var text = (Diagnostic.Length > 0 ? Diagnostic : Around).Trim();
        if (text.Length <= address.Length + "<>:".Length)
            text = Array.Find(Whole.Split('\n'), l => ReplyCodes.Reply(l) is not null)?.Trim() ?? text;
        if (text.Length == 0)
            return null;
        var line = string.Join(' ', text[..Math.Min(text.Length, ReportLimits.MaxDiagnosticChars)].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return StorableText.Cut(line, ReportLimits.MaxDiagnosticChars);
    }
}
