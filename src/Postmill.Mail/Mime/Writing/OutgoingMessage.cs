namespace Postmill.Mail.Mime.Writing;

/// <summary>
/// A mail to be written (RFC 5322, RFC 2045). A value without behaviour: <see cref="MessageComposer"/> checks it and makes octets of it, the same octets
/// for the same value. There is no Bcc: who receives a mail unseen stands in the envelope alone (RFC 5322 section 3.6.3).
/// </summary>
public sealed record OutgoingMessage
{
    /// <summary>Who wrote it; at least one mailbox. Several need a <see cref="Sender"/> (RFC 5322 section 3.6.2).</summary>
    public required IReadOnlyList<MailAddress> From { get; init; }

    /// <summary>Who sent it, when that is not the one in From.</summary>
    public MailAddress? Sender { get; init; }

    /// <summary>Mailboxes of To. With no To and no Cc the field says that recipients are not disclosed.</summary>
    public IReadOnlyList<MailAddress> To { get; init; } = [];

    /// <summary>Mailboxes of Cc.</summary>
    public IReadOnlyList<MailAddress> Cc { get; init; } = [];

    /// <summary>Where answers go instead of to From.</summary>
    public IReadOnlyList<MailAddress> ReplyTo { get; init; } = [];

    /// <summary>The subject, any text on one line; empty for none, then no field is written.</summary>
    public string Subject { get; init; } = "";

    /// <summary>When it was written; its offset is written too.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>The Message-ID, with or without angle brackets; <see cref="MessageIdMaker"/> makes one.</summary>
    public required string MessageId { get; init; }

    /// <summary>The ids this mail answers, with or without angle brackets.</summary>
    public IReadOnlyList<string> InReplyTo { get; init; } = [];

    /// <summary>The thread so far, oldest first. Of more than <see cref="OutgoingLimits.References"/> the first and the latest are written.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The plain text; any line ends, written as CRLF. Null for none.</summary>
    public string? Text { get; init; }

    /// <summary>The HTML text; any line ends, written as CRLF. Null for none.</summary>
    public string? Html { get; init; }

    /// <summary>Attachments and the pictures the HTML refers to, in order.</summary>
    public IReadOnlyList<OutgoingAttachment> Attachments { get; init; } = [];

    /// <summary>Further fields, in order; those the composer writes itself are refused (<see cref="OutgoingField.Headers"/>).</summary>
    public IReadOnlyList<MimeHeaderField> Headers { get; init; } = [];
}
