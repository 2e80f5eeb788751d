namespace Postmill.Domain.Sending;

/// <summary>What a report changes about one recipient of a mail that was sent.</summary>
/// <param name="Said">What the report says of him.</param>
public sealed record ReportMark(SentRecipient Recipient, ReportKind Kind, ReportedRecipient Said)
{
    /// <summary>Why the address is written to no more; null: it still is.</summary>
    public SuppressionReason? Suppresses => Kind switch
    {
        ReportKind.Complaint => SuppressionReason.Complaint,
        ReportKind.Unsubscribe => SuppressionReason.Unsubscribe,
        _ => Said.Type == BounceType.Hard ? SuppressionReason.HardBounce : null,
    };

    /// <summary>The recipient as he stands then.</summary>
    public SentRecipient After => Kind switch
    {
        ReportKind.Bounce => Recipient with { Bounced = Said.Type },
        ReportKind.Complaint => Recipient with { Complained = true },
        _ => Recipient,
    };
}
