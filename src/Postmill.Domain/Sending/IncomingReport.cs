namespace Postmill.Domain.Sending;

/// <summary>
/// What an incoming mail claims about one that was sent. Anybody can write such a mail; <see cref="ReportPolicy"/> says what of it counts.
/// </summary>
/// <param name="MessageIds">Of the mail it is about, most likely first, without angle brackets.</param>
/// <param name="EnvelopeId">What was given as ENVID (RFC 3461).</param>
/// <param name="Recipients">Those that failed, complain or want no more mail. One without an address: the report does not name him.</param>
public sealed record IncomingReport(ReportKind Kind, IReadOnlyList<string> MessageIds, string? EnvelopeId, IReadOnlyList<ReportedRecipient> Recipients);

/// <summary>What a report is about; closed.</summary>
public enum ReportKind
{
    /// <summary>The mail did not arrive.</summary>
    Bounce,

    /// <summary>The recipient says that it is unwanted.</summary>
    Complaint,

    /// <summary>The recipient asks for no more.</summary>
    Unsubscribe,
}

/// <param name="Address">Where the mail ended; empty: not told.</param>
/// <param name="Original">Where it was sent, if that is told and differs.</param>
/// <param name="Code">Enhanced status or reply code.</param>
/// <param name="Reason">One word: <c>userunknown</c>, <c>mailboxfull</c> …</param>
/// <param name="Detail">The remote server's words.</param>
public sealed record ReportedRecipient(string Address, string? Original, BounceType Type, string? Code, string? Reason, string? Detail);
