using Postmill.Mail.Smtp;

namespace Postmill.Mail.Reports;

/// <summary>What a report says of one recipient. Every text is bounded by <see cref="ReportLimits"/> and storable.</summary>
public sealed record RecipientReport
{
    /// <summary>Where the mail ended up going (Final-Recipient); empty where the report names nobody.</summary>
    public required string Address { get; init; }

    /// <summary>Where the sender sent it (Original-Recipient), when the report tells it and it differs.</summary>
    public string? OriginalAddress { get; init; }

    /// <summary>What became of it.</summary>
    public DeliveryAction Action { get; init; }

    /// <summary>The enhanced status code (RFC 3463), the remote server's own before the reporter's.</summary>
    public SmtpEnhancedStatus? Status { get; init; }

    /// <summary>The remote server's reply code.</summary>
    public int? ReplyCode { get; init; }

    /// <summary>The words that tell why, on one line.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>Why.</summary>
    public BounceReason Reason { get; init; }

    /// <summary>Whether trying this address again is pointless. Only a failed recipient is ever hard.</summary>
    public bool IsHard { get; init; }
}
