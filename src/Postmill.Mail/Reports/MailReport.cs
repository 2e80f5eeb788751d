using Postmill.Mail.Mime;

namespace Postmill.Mail.Reports;

/// <summary>
/// A bounce, complaint or automatic answer as a value (RFC 3464, 5965, 3834, 8098, and notices of no standard form). Reading never throws on any
/// octets, is bounded by <see cref="ReportLimits"/>, and costs an ordinary mail a look at a few headers and at the types of its parts.
/// </summary>
public sealed record MailReport
{
    /// <summary>What it is.</summary>
    public required MailReportKind Kind { get; init; }

    /// <summary>The recipients it speaks of; at least one in a bounce, possibly without an address.</summary>
    public IReadOnlyList<RecipientReport> Recipients { get; init; } = [];

    /// <summary>The mail it is about.</summary>
    public OriginalMail Original { get; init; } = OriginalMail.Unknown;

    /// <summary>The kind of a complaint in lower case (RFC 5965 section 7.3): abuse, opt-out, fraud, virus, not-spam, auth-failure …</summary>
    public string? FeedbackType { get; init; }

    /// <summary>Whether a recipient asks for no more mail; "not-spam" (RFC 6430) and "auth-failure" (RFC 6591) say nothing of the kind.</summary>
    public bool IsUnwanted => Kind == MailReportKind.Complaint && FeedbackType is not ("not-spam" or "auth-failure" or "dmarc" or "dkim");

    /// <summary>Reads a mail; null when it is an ordinary one.</summary>
    public static MailReport? Read(MimeMessage mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        var signs = ReportSigns.Of(mail);
        if (signs == ReportSign.None)
            return null;
        return FeedbackReader.Read(mail, signs) ?? NotificationReader.Read(mail, signs) ?? BounceReader.Read(mail, signs) ?? AutoReplies.Read(mail, signs);
    }

    /// <summary>Reads a mail's octets; null when it is an ordinary one.</summary>
    public static MailReport? Read(ReadOnlyMemory<byte> raw) => Read(MimeMessage.Parse(raw));
}
