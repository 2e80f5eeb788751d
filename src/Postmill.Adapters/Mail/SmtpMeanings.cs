using Postmill.Domain.Sending;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;

namespace Postmill.Adapters.Mail;

/// <summary>
/// What SMTP servers mean (STYLE 8). A reply's class says refused for now or for good; some replies speak of the account or of the connection instead of the mail, and whoever takes those for
/// the recipient's loses mail.
/// </summary>
internal static class SmtpMeanings
{
    public static SendFailure OfOpening(MailServerException fault) => new(
        fault.Fault switch
        {
            MailFault.AuthenticationFailed => SendFailure.AuthFailed,
            MailFault.Disconnected => fault.Code is "421" ? SendFailure.Throttled : SendFailure.Unreachable,
            MailFault.Unreachable or MailFault.AddressRefused => SendFailure.Unreachable,
            MailFault.TlsFailed or MailFault.PlaintextRefused => SendFailure.TlsFailed,
            MailFault.TimedOut => SendFailure.TimedOut,
            MailFault.CommandRefused => fault.Code is "421" or "454" ? SendFailure.Throttled : SendFailure.Deferred,
            MailFault.ProtocolError or MailFault.LimitExceeded => SendFailure.ProtocolError,
        },
        fault.Message);

    /// <param name="waiting">In the order of the envelope.</param>
    public static Delivery Of(SmtpDelivery delivery, IReadOnlyList<OutgoingRecipient> waiting)
    {
        var unknown = delivery.OutcomeUnknown;
        var answers = new Dictionary<int, RecipientAnswer>();
        for (var at = 0; at < waiting.Count; at++)
            if (Answer(delivery.Recipients[at], unknown, delivery.Text) is { } answer) answers.Add(waiting[at].Ordinal, answer);
        var failure = delivery.Kind == SmtpDeliveryKind.Accepted ? null : Failure(delivery);
        return new Delivery(End(delivery), failure) { Recipients = answers, Trouble = Trouble(delivery) };
    }

    private static DeliveryEnd End(SmtpDelivery delivery) => delivery.Kind switch
    {
        SmtpDeliveryKind.Accepted => DeliveryEnd.Accepted,
        SmtpDeliveryKind.Withdrawn => DeliveryEnd.Withdrawn,
        SmtpDeliveryKind.Lost => delivery.OutcomeUnknown ? DeliveryEnd.Unknown : DeliveryEnd.LostBefore,
        SmtpDeliveryKind.Refused or SmtpDeliveryKind.RefusedByUs => delivery.IsTransient || Trouble(delivery) != SendTrouble.None || IsOfConnection(delivery.Reply)
            ? DeliveryEnd.RefusedForNow
            : DeliveryEnd.RefusedForGood,
    };

    private static RecipientAnswer? Answer(SmtpRecipientOutcome outcome, bool unknown, string text) => outcome.Verdict switch
    {
        SmtpVerdict.Accepted => new RecipientAnswer(RecipientVerdict.Accepted),
        // Nobody refused it and the content may have arrived: it was named, and what became of the mail became of it.
        SmtpVerdict.Unsettled => unknown ? new RecipientAnswer(RecipientVerdict.Accepted) : null,
        // A refusal of the mail as a whole is judged with the mail.
        _ when outcome.Phase is not (SmtpPhase.Rcpt or SmtpPhase.Check) => null,
        SmtpVerdict.RefusedForNow => new RecipientAnswer(RecipientVerdict.RefusedForNow, Failure(outcome, text)),
        SmtpVerdict.RefusedForGood => MeansLater(outcome.Reply)
            ? new RecipientAnswer(RecipientVerdict.RefusedForNow, Failure(outcome, text) with { Code = SendFailure.Deferred })
            : new RecipientAnswer(RecipientVerdict.RefusedForGood, Failure(outcome, text)),
        _ => null,
    };

    private static SendFailure Failure(SmtpRecipientOutcome outcome, string text) => outcome.RefusedByUs is { } ours
        ? new SendFailure(Code(ours), text)
        : new SendFailure(outcome.Verdict == SmtpVerdict.RefusedForNow ? SendFailure.Deferred : SendFailure.Rejected, Words(outcome.Reply) ?? text);

    private static SendFailure Failure(SmtpDelivery delivery)
    {
        var code = delivery.Kind switch
        {
            SmtpDeliveryKind.Lost when delivery.OutcomeUnknown => SendFailure.OutcomeUnknown,
            SmtpDeliveryKind.Lost => delivery.Fault switch
            {
                MailFault.TimedOut => SendFailure.TimedOut,
                MailFault.ProtocolError or MailFault.LimitExceeded => SendFailure.ProtocolError,
                _ => SendFailure.Disconnected,
            },
            SmtpDeliveryKind.RefusedByUs => delivery.RefusedByUs is { } ours ? Code(ours) : SendFailure.Unsendable,
            _ when Trouble(delivery) == SendTrouble.Credentials => SendFailure.AuthFailed,
            _ when Trouble(delivery) == SendTrouble.Throttled => SendFailure.Throttled,
            _ => delivery.IsTransient || IsOfConnection(delivery.Reply) ? SendFailure.Deferred : SendFailure.Rejected,
        };
        return new SendFailure(code, Words(delivery.Reply) ?? delivery.Text);
    }

    private static string Code(SmtpRefusedByUs reason) => reason switch
    {
        SmtpRefusedByUs.SizeExceeded => SendFailure.TooLarge,
        SmtpRefusedByUs.SmtpUtf8Unsupported => SendFailure.NeedsUtf8,
        SmtpRefusedByUs.AddressInvalid or SmtpRefusedByUs.EightBitUnsupported or SmtpRefusedByUs.LineTooLong => SendFailure.Unsendable,
        SmtpRefusedByUs.TooManyRecipients or SmtpRefusedByUs.MailsUsedUp => SendFailure.Deferred,
    };

    private static SendTrouble Trouble(SmtpDelivery delivery) => delivery switch
    {
        { Kind: not SmtpDeliveryKind.Refused } => SendTrouble.None,
        // RFC 4954 §6: the server wants a login that it does not accept for this.
        { Reply.Code: 530 or 534 or 535 or 538 } => SendTrouble.Credentials,
        // RFC 5321 §3.8: the server closes. RFC 4954: it cannot log in now. X.3.2: it takes no mail now; X.4.5: the account's allowance is used up (RFC 3463).
        { Reply.Code: 421 or 454 } => SendTrouble.Throttled,
        { Reply.Status: { Subject: 4, Detail: 5 } or { Subject: 3, Detail: 2 } } => SendTrouble.Throttled,
        _ => SendTrouble.None,
    };

    /// <summary>Some servers say 552 when a mail has too many recipients; RFC 5321 §4.5.3.1.10 wants it taken for 452.</summary>
    private static bool MeansLater(SmtpReply? reply) => reply is { Code: 552 } && reply.Status is null or { Subject: 5, Detail: 3 };

    /// <summary>A 5xx that speaks of this session: a command out of order or unknown (RFC 5321 §4.2.2). Another session may do.</summary>
    private static bool IsOfConnection(SmtpReply? reply) => reply is { Code: 500 or 502 or 503 };

    private static string? Words(SmtpReply? reply) => reply is null ? null : $"{reply.Code} {reply.Text}".TrimEnd();
}
