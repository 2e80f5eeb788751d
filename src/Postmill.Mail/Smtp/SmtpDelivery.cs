using Postmill.Mail.Net;

namespace Postmill.Mail.Smtp;

/// <summary>What became of one mail. A value for everything that a server or the network can do.</summary>
public sealed record SmtpDelivery
{
    internal SmtpDelivery(SmtpDeliveryKind kind, SmtpPhase phase, IReadOnlyList<SmtpRecipientOutcome> recipients)
    {
        Kind = kind;
        Phase = phase;
        Recipients = recipients;
    }

    /// <summary>How it ended.</summary>
    public SmtpDeliveryKind Kind { get; }

    /// <summary>Where it ended.</summary>
    public SmtpPhase Phase { get; }

    /// <summary>One for each recipient of the envelope, in its order.</summary>
    public IReadOnlyList<SmtpRecipientOutcome> Recipients { get; }

    /// <summary>The reply that decided: to the content when Accepted, the refusing one when Refused (421 too: then the session is over).</summary>
    public SmtpReply? Reply { get; internal init; }

    /// <summary>Why it was RefusedByUs.</summary>
    public SmtpRefusedByUs? RefusedByUs { get; internal init; }

    /// <summary>Why it was Lost; null for a cancellation by the caller.</summary>
    public MailFault? Fault { get; internal init; }

    /// <summary>
    /// Lost, and nobody but the server knows whether the mail was accepted: true exactly when the session broke after the write that
    /// holds the end of the content (the final dot) was begun and before a complete, intelligible reply to it
    /// was read. Everything else that is not Accepted was definitely not accepted.
    /// </summary>
    public bool OutcomeUnknown { get; internal init; }

    /// <summary>Refused for now (4yz), or another session may do: the same mail can be tried again later. Of a mail whose outcome is unknown this says nothing and is false.</summary>
    public bool IsTransient { get; internal init; }

    /// <summary>A sentence for a person and the log: cleaned, bounded, without secrets.</summary>
    public string Text => Message ?? (Reply is { } reply ? $"{Kind} ({Phase}): {reply.Code} {reply.Text}".TrimEnd() : $"{Kind} ({Phase})");

    /// <summary>What is said where there is no reply; cleaning the words of one costs something, and few read those of an acceptance.</summary>
    internal string? Message { get; init; }
}
