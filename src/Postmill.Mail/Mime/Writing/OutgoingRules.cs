using System.Text;

namespace Postmill.Mail.Mime.Writing;

/// <summary>What a mail must keep to before a single octet of it is written; after this nothing refuses but the size.</summary>
internal sealed class OutgoingRules(OutgoingMessage message, OutgoingLimits limits)
{
    public OutgoingRefusal? Check() =>
        From() ?? Mailboxes(OutgoingField.To, message.To) ?? Mailboxes(OutgoingField.Cc, message.Cc) ?? Mailboxes(OutgoingField.ReplyTo, message.ReplyTo)
        ?? Subject() ?? Identifiers() ?? Body(OutgoingField.Text, message.Text) ?? Body(OutgoingField.Html, message.Html)
        ?? new AttachmentRules(message.Attachments, limits).Check() ?? new HeaderRules(message.Headers, limits).Check();

    private OutgoingRefusal? From()
    {
        if (message.From.Count == 0)
            return new OutgoingRefusal(OutgoingField.From, null, "must name an author");
        if (message.From.Count > 1 && message.Sender is null)
            return new OutgoingRefusal(OutgoingField.Sender, null, "is required where there are several authors");
        return Mailboxes(OutgoingField.From, message.From) ?? (message.Sender is { } sender ? Mailbox(OutgoingField.Sender, null, sender) : null);
    }

    private OutgoingRefusal? Mailboxes(OutgoingField field, IReadOnlyList<MailAddress> mailboxes)
    {
        if (mailboxes.Count > limits.Addresses)
            return new OutgoingRefusal(field, null, $"must have at most {limits.Addresses} addresses");
        for (var i = 0; i < mailboxes.Count; i++)
        {
            if (Mailbox(field, i, mailboxes[i]) is { } refusal)
                return refusal;
        }
        return null;
    }

    private OutgoingRefusal? Mailbox(OutgoingField field, int? index, MailAddress mailbox)
    {
        if (mailbox.Name is { } name && OutgoingText.HasControls(name))
            return new OutgoingRefusal(field, index, "must have a name without control characters");
        if (mailbox.Name?.Length > limits.NameChars)
            return new OutgoingRefusal(field, index, $"must have a name of at most {limits.NameChars} characters");
        return AddrSpec.TryParse(mailbox.Address, out _) ? null : new OutgoingRefusal(field, index, "must be a mail address");
    }

    private OutgoingRefusal? Subject()
    {
        if (OutgoingText.HasControls(message.Subject))
            return new OutgoingRefusal(OutgoingField.Subject, null, "must be one line without control characters");
        return message.Subject.Length > limits.SubjectChars
            ? new OutgoingRefusal(OutgoingField.Subject, null, $"must have at most {limits.SubjectChars} characters")
            : null;
    }

    private OutgoingRefusal? Identifiers() =>
        Identifier(OutgoingField.MessageId, null, message.MessageId)
        ?? All(OutgoingField.InReplyTo, message.InReplyTo)
        ?? All(OutgoingField.References, message.References);

    private OutgoingRefusal? All(OutgoingField field, IReadOnlyList<string> ids)
    {
        for (var i = 0; i < ids.Count; i++)
        {
            if (Identifier(field, i, ids[i]) is { } refusal)
                return refusal;
        }
        return null;
    }

    private OutgoingRefusal? Identifier(OutgoingField field, int? index, string id) =>
        OutgoingText.IsIdentifier(OutgoingText.WithoutBrackets(id), limits.IdentifierChars)
            ? null
            : new OutgoingRefusal(field, index, $"must be a Message-ID of ASCII without blanks or angle brackets inside, of at most {limits.IdentifierChars} characters");

    private OutgoingRefusal? Body(OutgoingField field, string? text) =>
        text is not null && Encoding.UTF8.GetByteCount(text) > limits.TextBytes
            ? new OutgoingRefusal(field, null, $"the {(field == OutgoingField.Html ? "HTML" : "text")} has more than {limits.TextBytes} bytes", TooLarge: true)
            : null;
}
