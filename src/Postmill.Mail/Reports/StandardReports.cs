using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>Recipients from status fields (RFC 3464 section 2.3), with what the human text adds: many reporters keep the reason and the stage for it.</summary>
internal static class StandardReports
{
    public static List<RecipientReport> Recipients(List<StatusGroup> groups, ReportText text)
    {
        var addresses = groups.ConvertAll(Address);
        var recipients = new List<RecipientReport>(groups.Count);
        for (var i = 0; i < groups.Count; i++)
            recipients.Add(Recipient(groups[i], addresses[i], text, addresses));
        return recipients;
    }

    private static RecipientReport Recipient(StatusGroup group, string address, ReportText text, List<string> all)
    {
        var original = ReportAddress.OfField(group["Original-Recipient"]);
        var around = ReportBlocks.Around(text, address, all);
        if (around.Length == 0 && original is not null)
            around = ReportBlocks.Around(text, original, all);
        var code = group["Diagnostic-Code"] ?? "";
        var diagnostic = code[(code.IndexOf(';', StringComparison.Ordinal) + 1)..].Trim();
        var evidence = new BounceEvidence(diagnostic, code + " " + Comment(group["Status"]), around, all.Count == 1 ? text.Own : "")
        {
            ReportedStatus = ReplyCodes.StatusField(group["Status"]),
        };
        return evidence.Judge(address, ActionOf(group["Action"])) with
        {
            OriginalAddress = original is null || original.Equals(address, StringComparison.OrdinalIgnoreCase) ? null : original,
        };
    }

    private static string Address(StatusGroup group) =>
        ReportAddress.OfField(group["Final-Recipient"]) ?? ReportAddress.OfField(group["Original-Recipient"])
        ?? ReportAddress.OfField(group["X-Actual-Recipient"]) ?? "";

    // "5.2.1 (mailbox disabled, not accepting messages)"
    private static string Comment(string? status)
    {
        var open = status?.IndexOf('(', StringComparison.Ordinal) ?? -1;
        return open < 0 ? "" : status![open..];
    }

    private static DeliveryAction ActionOf(string? action) => ReportSigns.Lower(action).Trim() switch
    {
        var a when a.StartsWith("delayed", StringComparison.Ordinal) => DeliveryAction.Delayed,
        var a when a.StartsWith("deliver", StringComparison.Ordinal) => DeliveryAction.Delivered,
        var a when a.StartsWith("relayed", StringComparison.Ordinal) => DeliveryAction.Relayed,
        var a when a.StartsWith("expanded", StringComparison.Ordinal) => DeliveryAction.Expanded,
        _ => DeliveryAction.Failed,
    };
}
