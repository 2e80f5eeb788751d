using Postmill.Mail.Smtp;

namespace Postmill.Mail.Reports;

/// <summary>From codes and words to a reason, and whether it is hard. Hard is what a second attempt cannot change; when in doubt, soft.</summary>
internal static class BounceVerdict
{
    /// <param name="diagnostic">The words of the remote server; may be empty.</param>
    /// <param name="around">What the report says near the recipient's address.</param>
    /// <param name="whole">All the report says itself.</param>
    /// <param name="status">The enhanced status, if any.</param>
    /// <param name="reply">The reply code, if any.</param>
    /// <param name="stage">Where in the dialogue it happened.</param>
    public static BounceReason Reason(string diagnostic, string around, string whole, SmtpEnhancedStatus? status, int? reply, SmtpStage stage)
    {
        var reason = Told(diagnostic, around, whole, status) ?? ByClass(status, reply);
        return reason switch
        {
            BounceReason.UserUnknown when status is not { Subject: 1 } => Unknown(status, reply, stage),
            BounceReason.Suspend when status is { Subject: 1, Detail: 1, Class: 5 } => BounceReason.UserUnknown,
            // A name server that fails today may answer tomorrow.
            BounceReason.HostUnknown when status is { Class: 4 } => BounceReason.NetworkError,
            _ => reason,
        };
    }

    /// <summary>Whether trying again is pointless.</summary>
    public static bool IsHard(BounceReason reason, SmtpEnhancedStatus? status, int? reply) => reason switch
    {
        BounceReason.UserUnknown or BounceReason.HostUnknown or BounceReason.HasMoved => true,
        BounceReason.NotAccept => status is not { Class: 4 } && reply is not (>= 400 and < 500),
        _ => false,
    };

    private static BounceReason? Told(string diagnostic, string around, string whole, SmtpEnhancedStatus? status)
    {
        // A full mailbox is one that exists, whatever else is said.
        if (status is { Subject: 2, Detail: 2 })
            return BounceReason.MailboxFull;
        return ReasonPhrases.FindStrong(diagnostic) ?? ByStatus(status) ?? ReasonPhrases.FindWeak(diagnostic)
            ?? ReasonPhrases.FindStrong(around) ?? ReasonPhrases.FindStrong(whole) ?? ReasonPhrases.FindWeak(around) ?? ReasonPhrases.FindWeak(whole);
    }

    // "Unknown user" said after the content was seen, of a mailbox by its status, or nobody knows when and without a status, comes from filters too.
    private static BounceReason Unknown(SmtpEnhancedStatus? status, int? reply, SmtpStage stage) => stage switch
    {
        SmtpStage.Data => BounceReason.Filtered,
        SmtpStage.Recipient => BounceReason.UserUnknown,
        _ when status is { Subject: 2 } || (status is null && reply is not null) => BounceReason.Filtered,
        _ => BounceReason.UserUnknown,
    };

    /// <summary>What an enhanced status means by itself (RFC 3463, 7372, 7504, 7505); null for the many that say only a class.</summary>
    private static BounceReason? ByStatus(SmtpEnhancedStatus? status) => status is not { } s ? null : (s.Subject, s.Detail) switch
    {
        (1, 1 or 3) => BounceReason.UserUnknown,
        (1, 2) => BounceReason.HostUnknown,
        (1, 6) => BounceReason.HasMoved,
        (1, 7 or 8) => BounceReason.Rejected,
        (1, 10) => BounceReason.NotAccept,
        (2, 1) => BounceReason.Suspend,
        (2, 3) => BounceReason.ExceedLimit,
        (3, 1) => BounceReason.SystemFull,
        (3, 4) => BounceReason.MesgTooBig,
        (4, 4) => BounceReason.HostUnknown,
        (4, 6) => BounceReason.NetworkError,
        (7, 13) => BounceReason.Suspend,
        (7, 23 or 24 or 26 or 27) => BounceReason.AuthFailure,
        (7, 20 or 21 or 22) => BounceReason.AuthFailure,
        (7, 25) => BounceReason.RequirePtr,
        _ => null,
    };

    private static BounceReason ByClass(SmtpEnhancedStatus? status, int? reply) => status switch
    {
        { Subject: 2 } => BounceReason.Filtered,
        { Subject: 3 } => BounceReason.SystemError,
        { Subject: 4, Detail: 7 } => BounceReason.Expired,
        { Subject: 4 } => BounceReason.NetworkError,
        { Subject: 6 } => BounceReason.ContentError,
        { Subject: 7 } => BounceReason.PolicyViolation,
        _ => reply is 552 ? BounceReason.MailboxFull : BounceReason.Undefined,
    };
}
